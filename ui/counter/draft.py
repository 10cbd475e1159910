"""The half-filled form as a document: kept off-thread while the clerk types, given back after a crash."""

from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.services import drafts, filed_by, knowing
from app.services.case_documents import notice_document, notice_from
from app.services.model import Address, Applicant, Compared, Place, RegisterCase, StagedFile
from ui.ports import Session

PAGE = "counter"
WAIT_MS = 600
"""After the last key; a power cut loses at most what was typed in this time."""

Draft = dict[str, Any]


def document(command: RegisterCase) -> Draft:
    """A case as a JSON document."""
    return {
        "service": command.service,
        "applicant": asdict(command.applicant),
        "answers": dict(command.answers),
        "place": None if command.place is None else asdict(command.place),
        "channel": command.channel,
        "filed_by": None if command.filed_by is None else filed_by.document(command.filed_by),
        "documents": list(command.print_documents),
        "knowing": knowing.document(command.knowing) if command.knowing != knowing.UNKNOWN else None,
        "person": command.person,
        "notice": None if command.notice is None else notice_document(command.notice),
        "consents": list(command.consents),
        "files": [file._asdict() for file in command.staged],
        "compared": [list(one) for one in command.compared],
        "papers": list(command.papers),
    }


def command(draft: Draft) -> RegisterCase:
    """The case of a document; what an older program left out is empty."""
    person = dict(draft.get("applicant") or {})
    address = Address(**person.pop("address", None) or {})
    place = draft.get("place")
    return RegisterCase(
        service=draft.get("service") or "",
        applicant=Applicant(**{"title": "", "first_name": "", "last_name": "", **person, "address": address}),
        answers=dict(draft.get("answers") or {}),
        place=None if place is None else Place(**{**place, "address": Address(**place.get("address") or {})}),
        channel=draft.get("channel") or "counter",
        filed_by=filed_by.from_document(draft.get("filed_by")),
        print_documents=tuple(draft.get("documents") or ("slip",)),
        knowing=knowing.from_document(draft.get("knowing")),
        person=draft.get("person") or 0,
        notice=notice_from(draft.get("notice")),
        consents=tuple(draft.get("consents") or ()),
        staged=tuple(StagedFile(**one) for one in draft.get("files") or ()),
        compared=tuple(Compared(*one) for one in draft.get("compared") or ()),
        papers=tuple(draft.get("papers") or ()),
    )


def is_blank(content: RegisterCase) -> bool:
    """Whether nothing worth keeping was typed."""
    return content == RegisterCase("", Applicant("", "", ""), {}, print_documents=content.print_documents)


class DraftKeeper(QObject):
    """Writes the newest state a moment after the last change, and at once when told to."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._newest: Draft | None = None
        self._kept: Draft | None = None
        self._held = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.flush)

    def keep(self, content: RegisterCase, beside: Draft) -> None:
        """Keep this state soon; a blank one forgets the draft. beside: what is in the form and not yet in the case."""
        self._newest = None if is_blank(content) and not beside else {**document(content), **beside}
        if not self._held:
            self._timer.start()

    def forget(self) -> None:
        """What was typed is thrown away."""
        self._newest = None
        self.flush()

    def hold(self) -> None:
        """A case is being saved, and its draft goes in the same transaction: write none meanwhile."""
        self._held = True
        self._timer.stop()

    def go_on(self) -> None:
        """The case was refused: what is typed is kept again."""
        self._held = False
        self.flush()

    def saved(self) -> None:
        """The case is in the store, and the draft no longer."""
        self._held = False
        self._newest = self._kept = None
        self._timer.stop()

    def flush(self) -> None:
        """Write now, on the command thread."""
        self._timer.stop()
        newest, counter, actor = self._newest, self._session.counter, self._session.actor
        if self._held or newest == self._kept:
            return
        self._kept = newest
        if newest is None:
            self._session.tasks.command(self, lambda: drafts.discard(counter, actor, PAGE))
        else:
            self._session.tasks.command(self, lambda: drafts.save(counter, actor, PAGE, newest))

    def restored(self, draft: Draft) -> None:
        """Tell what the store already holds."""
        self._newest = self._kept = draft

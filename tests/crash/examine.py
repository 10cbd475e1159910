"""After a crash: what is in the register, beside what was acknowledged."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import CounterError
from app.services import number_report, verification
from tests.integration.support import homes, petitions


@dataclass(frozen=True)
class Findings:
    """What an opened register holds. `lost` and `altered` are acknowledged numbers, `spare` are cases nobody was told
    of: documents by number. `wrong` says in words which check failed, or why the register does not open."""

    cases: int
    lost: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    spare: Mapping[str, Any] = ()  # type: ignore[assignment]
    wrong: tuple[str, ...] = ()

    @property
    def half(self) -> bool:
        """Whether some case is not whole."""
        return any(text.startswith("cases:") for text in self.wrong)

    @property
    def ok(self) -> bool:
        return not (self.lost or self.altered or self.wrong)


def examine(home: Path, acknowledged: Sequence[str], data: Sequence[Mapping[str, Any]]) -> Findings:
    """Open a home and hold it against the numbers that were acknowledged for the first petitions of `data`."""
    try:
        with homes.opened(home) as counter:
            wrong = [f"{check.name}: {check.detail}" for check in verification.verify(counter) if not check.ok]
            report = number_report.report(counter)
            with counter.store.read() as connection:
                rows = connection.exec_driver_sql("SELECT number, document FROM cases").fetchall()
    except CounterError as error:
        return Findings(0, lost=tuple(acknowledged), wrong=(f"does not open: {error.code}",))
    wrong += [f"numbers: {key} {report[key]}" for key in ("unexplained", "duplicates") if report[key]]
    if report["issued"] != len(rows):
        wrong.append(f"numbers: {report['issued']} issued, {len(rows)} cases")
    documents = {number: json.loads(text) for number, text in rows}
    return Findings(
        cases=len(rows),
        lost=tuple(number for number in acknowledged if number not in documents),
        altered=tuple(
            number
            for number, one in zip(acknowledged, data, strict=False)
            if number in documents and not petitions.same(one, documents[number])
        ),
        spare={number: document for number, document in documents.items() if number not in set(acknowledged)},
        wrong=tuple(wrong),
    )

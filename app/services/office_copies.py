"""An original and, where the office wants one of this document, its own copy behind it, in one transaction."""

from app.services.counter import Counter
from app.services.paper_templates import OFFICE_COPY
from app.store.unit_of_work import UnitOfWork

Job = tuple[str, str, int, str]
"""Document, printer, number of the copy (0: the original), why it is one."""


def wanted(counter: Counter, document: str) -> bool:
    """Whether the office keeps a copy of every original of this document ("defect_note-2" is a defect note)."""
    template = counter.templates.at(counter.clock.now())
    return template is not None and document.partition("-")[0] in template.office_copies


def jobs(counter: Counter, document: str, printer: str) -> tuple[Job, ...]:
    """The original and, behind it, the copy. It says what it is, and counts as one."""
    original = (document, printer, 0, "")
    return (original, (document, printer, 1, OFFICE_COPY)) if wanted(counter, document) else (original,)


def queue(
    work: UnitOfWork, counter: Counter, case_row: int, document: str, printer: str, receipt_row: int | None = None
) -> int:
    """Queue the original and its copy; returns the original's job."""
    first, *_copies = [work.print(case_row, *job, receipt_row) for job in jobs(counter, document, printer)]
    return first

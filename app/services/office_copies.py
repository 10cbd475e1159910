"""An original and, where the office wants one of this document, its own copy behind it, in one transaction."""

from app.services.counter import Counter
from app.services.paper_templates import OFFICE_COPY
from app.store.unit_of_work import UnitOfWork


def wanted(counter: Counter, document: str) -> bool:
    """Whether the office keeps a copy of every original of this document ("defect_note-2" is a defect note)."""
    template = counter.templates.at(counter.clock.now())
    return template is not None and document.partition("-")[0] in template.office_copies


def queue(
    work: UnitOfWork, counter: Counter, case_row: int, document: str, printer: str, receipt_row: int | None = None
) -> int:
    """Queue the original; returns its job. The copy says what it is, and counts as one."""
    job = work.print(case_row, document, printer, receipt_row=receipt_row)
    if wanted(counter, document):
        work.print(case_row, document, printer, 1, OFFICE_COPY, receipt_row)
    return job

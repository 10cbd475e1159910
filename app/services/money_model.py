"""What goes into and comes out of the cashier's use cases. Money is integer satang; days are Thai days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.services.assessments import Assessment

CASH, CHEQUE, TRANSFER, QR, CARD, KTB_BILL = "cash", "cheque", "transfer", "qr", "card", "ktb_bill"
METHODS: Mapping[str, str] = {
    CASH: "เงินสด",
    CHEQUE: "เช็ค",
    TRANSFER: "เงินโอน",
    QR: "QR พร้อมเพย์",
    CARD: "บัตร (เครื่องรับบัตร)",
    KTB_BILL: "ชำระผ่านธนาคาร (Bill Payment)",
}
"""Ways to pay with their Thai names."""
MIXED = "mixed"
METHOD_TEXTS: Mapping[str, str] = {**METHODS, MIXED: "หลายวิธี"}
"""What a receipt may say of its payment: one way, or several."""


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a payment by several methods. reference, bank: as those of Pay."""

    method: str
    satang: int
    reference: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class Pay:
    """Take money for a case. amount_satang must be what is due, unless the office allows part payment.

    received_satang: cash as handed over; reference: of a transfer, QR, card terminal, the number of a cheque.
    book, no: only for a paper book; received_on: only for what a reserve book tells afterwards.
    slip: the text of the QR on a bank's payment slip, which pays once. parts: the shares of a payment by several
    methods (then method is MIXED); received_satang is what was handed over for the share in cash.
    """

    number: str
    method: str
    amount_satang: int
    received_satang: int | None = None
    reference: str = ""
    bank: str = ""
    external_no: str = ""
    book: str = ""
    no: int = 0
    received_on: date | None = None
    slip: str = ""
    parts: tuple[Part, ...] = ()
    print_receipt: bool = True


@dataclass(frozen=True, slots=True)
class ReceiptItem:
    """One line of a receipt."""

    revenue_code: str
    description: str
    period: str
    satang: int


@dataclass(frozen=True, slots=True)
class ReceiptVoid:
    """That, why and by whom a receipt was cancelled. replaced_by: "12/39" or empty."""

    reason: str
    by: str
    approved_by: str
    at: datetime
    business_on: date
    original_returned: bool
    replaced_by: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt. `document` is everything that its paper says, frozen when it was issued."""

    id: str
    row: int
    number: str
    """Of the case."""
    book: str
    no: int
    fiscal_year: int
    kind: str
    total_satang: int
    method: str
    reference: str
    cashier: str
    issued_at: datetime
    received_on: date
    business_on: date
    external_no: str
    document: Mapping[str, Any] = field(repr=False)
    payment_state: str = "final"
    void: ReceiptVoid | None = None
    copies: int = 0
    """Papers that have come out or are queued; the first is the original."""

    @property
    def text(self) -> str:
        """ "12/38"."""
        return f"{self.book}/{self.no}"

    @property
    def shares(self) -> tuple[tuple[str, int], ...]:
        """(method, satang) of the payment; of several methods each."""
        return shares(self.method, self.total_satang, self.document)

    @property
    def change_satang(self) -> int:
        """What was given back."""
        return int(self.document.get("change_satang", 0))

    @property
    def payer(self) -> str:
        """Who paid."""
        return str(self.document.get("payer", {}).get("name", ""))


def shares(method: str, satang: int, document: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """(method, satang) of a receipt's payment, by its document where it was paid by several."""
    parts = document.get("parts")
    return tuple((str(part["method"]), int(part["satang"])) for part in parts) if parts else ((method, satang),)


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed for a case today: the assessment, and what receipts that stand have paid of it."""

    number: str
    name: str
    service_name: str
    subject: str
    status: str
    status_text: str
    payable: bool
    """Whether the case stands where money may be taken."""
    assessment: Assessment
    paid_satang: int

    @property
    def left_satang(self) -> int:
        """Still to be paid; never below nought."""
        return max(0, self.assessment.total_satang - self.paid_satang)


@dataclass(frozen=True, slots=True)
class Shift:
    """A cashier's drawer: since when, and what should lie in it now."""

    id: str
    cashier: str
    drawer: str
    business_on: date
    opened_at: datetime
    float_satang: int
    carried_satang: int
    state: str
    receipts: int
    voided: int
    cash_satang: int
    """Cash taken less cash given back for cancelled receipts."""
    by_method: Mapping[str, int]
    number: int | None = None
    counted_satang: int | None = None
    difference_satang: int | None = None
    document: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def expected_satang(self) -> int:
        """Cash that should lie in the drawer."""
        return self.float_satang + self.carried_satang + self.cash_satang

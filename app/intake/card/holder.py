"""What an ID card says: values of one reading, kept in memory only and never shown by repr, logs or errors."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class CardAddress:
    """The registered address, without Thai prefixes ("กะทู้", not "ตำบลกะทู้"); `lane` is ตรอก. Parts may be empty."""

    house_no: str = ""
    moo: str = ""
    lane: str = ""
    soi: str = ""
    road: str = ""
    subdistrict: str = ""
    district: str = ""
    province: str = ""

    def __repr__(self) -> str:
        return "<CardAddress>"


@dataclass(frozen=True, slots=True)
class CardDate:
    """A date as the card has it, Buddhist Era.

    day: the CE date, None where the card tells less or an impossible day. text: for people ("15 ม.ค. 2530",
    "พ.ศ. 2500"). precision: "day"; "old_calendar" (a day of January to March before BE 2484, whose CE year may be one
    off); "month"; "year"; "lifetime" (99999999, the card never expires); "unknown".
    """

    day: date | None = None
    text: str = ""
    precision: str = "unknown"
    year: int | None = None
    """CE year, as far as it is known."""
    month: int | None = None

    @property
    def iso(self) -> str | None:
        """ISO 8601 with what is known: "1987-01-15", "1987-01", "1987", or None."""
        if self.day is not None:
            return self.day.isoformat()
        if self.year is None:
            return None
        return f"{self.year:04d}-{self.month:02d}" if self.month else f"{self.year:04d}"

    def __repr__(self) -> str:
        return "<CardDate>"


@dataclass(frozen=True, slots=True)
class CardHolder:
    """One person as the chip tells it. `citizen_id` is 13 ASCII digits; whether its check digit fits is not promised.

    gender: "male", "female" or "". The photo is a JPEG for comparing on the screen: it belongs in no file, database,
    log or message, and neither does the laser code.
    """

    citizen_id: str
    title: str = ""
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    title_en: str = ""
    first_name_en: str = ""
    middle_name_en: str = ""
    last_name_en: str = ""
    born: CardDate = field(default_factory=CardDate)
    gender: str = ""
    address: CardAddress = field(default_factory=CardAddress)
    address_raw: str = ""
    """As on the card, its parts parted by "#"."""
    address_cut: bool = False
    """The card gave a short address field and it is full to the last byte: the end may be missing."""
    issued: CardDate = field(default_factory=CardDate)
    expires: CardDate = field(default_factory=CardDate)
    issuer: str = ""
    photo: bytes | None = field(default=None, repr=False)
    laser_code: str | None = field(default=None, repr=False)

    @property
    def born_on(self) -> date | None:
        """The day of birth, CE, where the card tells the whole date; see `born` for less."""
        return self.born.day

    @property
    def issued_on(self) -> date | None:
        """The day of issue, CE."""
        return self.issued.day

    @property
    def expires_on(self) -> date | None:
        """The last day of validity, CE; None for a lifetime card or where the card does not tell."""
        return self.expires.day

    @property
    def lifetime(self) -> bool:
        """Whether the card never expires (บัตรตลอดชีพ)."""
        return self.expires.precision == "lifetime"

    def expired(self, today: date) -> bool:
        """Whether the last day lies before `today`, in Thai time; a card that does not tell is taken as valid."""
        return self.expires_on is not None and self.expires_on < today

    def __repr__(self) -> str:
        return "<CardHolder>"

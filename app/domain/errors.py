"""What can go wrong in words a clerk understands: a title, and a hint that says what to do next.

Three families, told apart by who can mend it: the person who typed (`Refused`), the surroundings (`Unavailable`),
and nobody but us (any other exception: a bug). The texts never carry personal data.
"""


class CounterError(Exception):
    """An error with Thai words for the clerk.

    code: stable English key for scripts and logs, e.g. "citizen_id_check_digit".
    title: one Thai sentence, what is wrong. hint: one Thai sentence, what to do next.
    field: dotted key of the input at fault ("applicant.citizen_id", "answers.topic"), or None.
    """

    exit_code = 1

    def __init__(self, code: str, title: str, hint: str = "", field: str | None = None) -> None:
        super().__init__(code if field is None else f"{code}: {field}")
        self.code = code
        self.title = title
        self.hint = hint
        self.field = field

    def as_dict(self) -> dict[str, str | None]:
        """The JSON form that the command line prints: {"code", "title", "hint", "field"}."""
        return {"code": self.code, "title": self.title, "hint": self.hint, "field": self.field}


class Refused(CounterError):
    """The input or the person's right does not allow it; nothing was changed."""

    exit_code = 3


class Unavailable(CounterError):
    """Disk, printer, network, key or another part of the surroundings failed; trying again may help."""

    exit_code = 4

"""What an office's own server tells a counter, in the answer to its sync, about the central one (key `central`)."""

from dataclasses import dataclass

from sync.json_form import Malformed, array, line, whole


@dataclass(frozen=True, slots=True)
class Central:
    """How far a counter's events are on the way from the office's own server to the central one.

    waiting, resting: its events that are to be sent on, and that the central server refused; at: when that one answered
    last, ms, 0 for never; error: why it does not answer now, in Thai.
    """

    waiting: int
    resting: int
    at: int
    error: str

    @classmethod
    def from_json(cls, value: object) -> "Central | None":
        """None where there is none; raises Malformed."""
        if value is None:
            return None
        parts = array(value, "central")
        if len(parts) != 4:
            raise Malformed("central")
        waiting, resting, at = (whole(part, "central") for part in parts[:3])
        return cls(waiting, resting, at, line(parts[3], "central", 300))

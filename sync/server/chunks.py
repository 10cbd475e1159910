"""Lists of any length for statements with IN: a statement takes only so many parameters."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
SIZE = 500


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in parts of at most SIZE."""
    return (items[start : start + SIZE] for start in range(0, len(items), SIZE))

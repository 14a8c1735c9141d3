"""Partial dates: the part of EDTF (ISO 8601-2) that sources need, each with two bounds.

Accepted: a year, a month or a day (`2024`, `2024-06`, `2024-06-18`), each with an optional
qualifier (`~` approximate, `?` uncertain, `%` both), and intervals of two of them, either side
open (`2023-01/2024-06~`, `2024-07-01/..`, `../2024`). A day is never invented: a month has the
bounds of its first and its last day.
"""

import calendar
import re
from datetime import date
from functools import lru_cache

import msgspec

from tracker.domain.errors import Refused

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%])?", re.ASCII)


class Bounds(msgspec.Struct, frozen=True):
    """The first and last day that a partial date can mean; None is open."""

    lower: date | None
    upper: date | None
    qualified: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is one certain day."""
        return self.lower is not None and self.lower == self.upper and not self.qualified

    def overlaps(self, other: "Bounds") -> bool:
        """Whether some day lies within both."""
        return not (
            (self.upper is not None and other.lower is not None and self.upper < other.lower)
            or (other.upper is not None and self.lower is not None and other.upper < self.lower)
        )


OPEN = Bounds(None, None)
"""What no date means."""


@lru_cache(maxsize=65536)
def bounds(text: str) -> Bounds:
    """The bounds of an EDTF text; raises Refused with the reason where it is none."""
    left, slash, right = text.partition("/")
    if not slash:
        return _partial(text)
    start = OPEN if left == ".." else _partial(left)
    end = OPEN if right == ".." else _partial(right)
    if left == ".." == right:
        raise Refused(f"the interval {text!r} is open on both sides")
    if start.lower and end.upper and end.upper < start.lower:
        raise Refused(f"the interval {text!r} ends before it begins")
    return Bounds(start.lower, end.upper, start.qualified or end.qualified)


def lower(text: str | None) -> date | None:
    """The first day that the text can mean, None where it is absent or open."""
    return bounds(text).lower if text else None


def upper(text: str | None) -> date | None:
    """The last day that the text can mean, None where it is absent or open."""
    return bounds(text).upper if text else None


def _partial(text: str) -> Bounds:
    match = _PARTIAL.fullmatch(text)
    if match is None:
        raise Refused(
            f"{text!r} is not a date: write 2024, 2024-06, 2024-06-18 or an interval of two such"
        )
    year, month, day, qualifier = match.groups()
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise Refused(f"{text!r} is not a date that exists") from None
    if day:
        last = first
    elif month:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    else:
        last = date(first.year, 12, 31)
    return Bounds(first, last, qualifier is not None)


def words(text: str) -> str:
    """A partial date as people write it: `2023-01/2024-06~` is 2023-01 to about 2024-06."""
    start, slash, end = text.partition("/")
    if not slash:
        return _words(start)
    if start == "..":
        return f"until {_words(end)}"
    return f"from {_words(start)} on" if end == ".." else f"{_words(start)} to {_words(end)}"


def _words(text: str) -> str:
    before = {"~": "about ", "?": "perhaps ", "%": "perhaps about "}.get(text[-1:])
    return f"{before}{text[:-1]}" if before else text

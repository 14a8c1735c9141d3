"""One event to be imported, and where in its source it stood."""

from typing import NamedTuple

from tracker.domain.base import NewEvent
from tracker.domain.errors import Refused, TrackerError


class Entry(NamedTuple):
    """An event with its place for people, such as `line 17`."""

    place: str
    new: NewEvent
    source_bytes: int = 0
    """How many bytes of the source it took, for progress."""


def at(place: str, fault: TrackerError) -> TrackerError:
    """The same fault with the place before it."""
    return type(fault)(f"{place}: {fault.message}", field=fault.field)


def refusal(place: str, field: str, reason: str) -> Refused:
    """A refusal that names place and field."""
    return Refused(f"{place}: {field}: {reason}", field=field)

"""What a feed document says, whichever format it is in."""

from typing import Literal, Self

import msgspec

from feeds.items import RawItem


class ParsedFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's own words about itself, its items in document order, and how well it was formed.

    `ok` and `recovered` have items, `empty` is a sound feed without any, `html` is a page where a
    feed should be (an error or challenge page, mostly), `malformed` could not be read at all.
    """

    state: Literal["ok", "recovered", "empty", "html", "malformed"]
    message: str | None = None
    title: str | None = None
    language: str | None = None
    ttl_s: int | None = None
    skip_hours: tuple[int, ...] = ()
    """Hours of GMT in which it asks not to be polled."""
    skip_days: tuple[int, ...] = ()
    """Weekdays on which it asks not to be polled, 0 for Monday."""
    items: tuple[RawItem, ...] = ()

    @classmethod
    def malformed(cls, message: str) -> Self:
        """A document of which nothing could be used."""
        return cls(state="malformed", message=message)

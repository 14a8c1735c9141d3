"""What a feed or a page yields before anybody has interpreted it."""

from datetime import datetime

import msgspec


class RawItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a feed, or one document added by hand, as plain text.

    `text` is what is stored and what every citation's offsets point into: the title on the first
    line, an empty line, then the body (the title is left out where there is none). `body_start` is
    the offset at which the body begins.
    """

    text: str
    body_start: int = 0
    title: str | None = None
    url: str | None = None
    guid: str | None = None
    author: str | None = None
    publisher: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None


def compose(title: str | None, body: str) -> tuple[str, int]:
    """The stored text of an item and the offset of its body."""
    if not title:
        return body, 0
    head = f"{title}\n\n"
    return head + body, len(head)

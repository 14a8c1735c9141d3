"""Which item is which, and in what way a known one changed: pure functions of a document's items.

An item is known by its guid, else by its link, else by its content. What one document uses for
several different items identifies none of them.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from functools import cache
from typing import Literal

import msgspec

from feeds.items import RawItem
from tracker.domain.likeness import words
from tracker.domain.wording import wording

DiffClass = Literal["substantive", "cosmetic", "date-only"]

_LONGEST_KEY = 500
_SAME_WORDS = 0.5
"""Even two reports about different things share many of their words: the commonest ones."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What must be remembered of an item to tell later whether and how it changed.

    `content_hash` covers title, body, author and link as they are; `wording_hash` the title, body
    and author without case, white space and punctuation. Dates are kept beside, outside both.
    """

    content_hash: str
    wording_hash: str
    published_at: datetime | None = None
    updated_at: datetime | None = None


class IdentifiedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item with the key it is remembered by."""

    identity: str
    item: RawItem


def identify(items: Sequence[RawItem]) -> tuple[IdentifiedItem, ...]:
    """The items of one document, first occurrence of each, in document order."""

    @cache
    def taken(index: int) -> Snapshot:
        # Most items are told by their guid alone, and reading every word at every poll is dear.
        return snapshot(items[index])

    # Without a link to tell two items apart, their content does.
    by_guid = _ambiguous(
        items,
        lambda i: items[i].guid,
        lambda i: items[i].url or taken(i).content_hash,
    )
    without_guid = {i for i, item in enumerate(items) if item.guid is None or item.guid in by_guid}
    by_link = _ambiguous(
        items,
        lambda i: items[i].url if i in without_guid else None,
        lambda i: taken(i).wording_hash,
    )
    known: dict[str, IdentifiedItem] = {}
    for index, item in enumerate(items):
        if item.guid is not None and item.guid not in by_guid:
            key = _key("guid", item.guid)
        elif item.url is not None and item.url not in by_link:
            key = _key("link", item.url)
        else:
            key = f"content:{taken(index).wording_hash}"
        known.setdefault(key, IdentifiedItem(identity=key, item=item))
    return tuple(known.values())


def snapshot(item: RawItem) -> Snapshot:
    """What to remember of this version of the item."""
    body = item.text[item.body_start :]
    return Snapshot(
        content_hash=_hash(item.title, body, item.author, item.url),
        wording_hash=_hash(*(wording(part) for part in (item.title, body, item.author))),
        published_at=item.published_at,
        updated_at=item.updated_at,
    )


def diff_class(old: Snapshot, new: Snapshot) -> DiffClass | None:
    """In what way `new` differs from `old`; None when it does not.

    A changed author is substantive (who says it matters here); a changed link is cosmetic.
    """
    if old.wording_hash != new.wording_hash:
        return "substantive"
    if old.content_hash != new.content_hash:
        return "cosmetic"
    dates_differ = (old.published_at, old.updated_at) != (
        new.published_at,
        new.updated_at,
    )
    return "date-only" if dates_differ else None


def other_keys(item: RawItem) -> tuple[str, ...]:
    """The keys of an item that its guid does not tell from others, the best one first."""
    link = (_key("link", item.url),) if item.url else ()
    return (*link, f"content:{snapshot(item).wording_hash}")


def is_another(known: RawItem, item: RawItem) -> bool:
    """Whether an item under a known guid, with another link, is another: none of it is the same.

    A report that got a new headline and with it a new link still has the words of its body.
    """
    if known.title and wording(known.title) == wording(item.title):
        return False
    before, now = set(words(known.text)), set(words(item.text))
    return len(before & now) < _SAME_WORDS * min(len(before), len(now))


def _ambiguous(
    items: Sequence[RawItem],
    key: Callable[[int], str | None],
    what: Callable[[int], Hashable],
) -> set[str]:
    """The keys that this document uses for items that differ in `what`."""
    uses: defaultdict[str, set[Hashable]] = defaultdict(set)
    for index in range(len(items)):
        name = key(index)
        if name is not None:
            uses[name].add(what(index))
    return {name for name, different in uses.items() if len(different) > 1}


def _key(kind: str, value: str) -> str:
    # Nothing bounds a guid, but an index entry is bounded.
    return f"{kind}:{value if len(value) <= _LONGEST_KEY else _hash(value)}"


def _hash(*parts: str | None) -> str:
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()

"""What an extractor is, and what is found by it."""

from collections.abc import Callable

import msgspec

from feeds.items import RawItem
from tracker.domain.draft import DraftProposed


class Extractor(msgspec.Struct, frozen=True):
    """One versioned reader of one kind of fact in one language: same bytes, same drafts.

    `extract` takes the item and the id of its document; offsets point into `item.text`. `version`
    goes up with every change of what it finds.
    """

    name: str
    version: int
    language: str
    extract: Callable[[RawItem, str], list[DraftProposed]]


class Found(msgspec.Struct, frozen=True):
    """What reading an item gave: its drafts, and the countries and groups that it names."""

    drafts: list[DraftProposed] = []
    names: tuple[str, ...] = ()

"""What an extractor is, and the drafts that all of them find in one item."""

from collections.abc import Callable

import msgspec

import feeds
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


def drafts(item: RawItem, document: str) -> list[DraftProposed]:
    """What the extractors of the item's language propose; English where it names none."""
    language = (item.language or "en").lower().replace("_", "-").partition("-")[0]
    return [
        draft
        for extractor in feeds.EXTRACTORS
        if extractor.language == language
        for draft in extractor.extract(item, document)
    ]

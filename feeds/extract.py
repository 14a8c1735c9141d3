"""The drafts that the extractors find in one item."""

from collections.abc import Sequence

from feeds import EXTRACTORS
from feeds.extractor import Extractor
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed


def drafts(
    item: RawItem, document: str, extractors: tuple[Extractor, ...] = EXTRACTORS
) -> list[DraftProposed]:
    """What the extractors of the item's language propose; English where it names none."""
    language = (item.language or "en").lower().replace("_", "-").partition("-")[0]
    return [
        draft
        for extractor in extractors
        if extractor.language == language
        for draft in extractor.extract(item, document)
    ]


def drafts_of(items: Sequence[tuple[RawItem, str]]) -> list[list[DraftProposed]]:
    """The drafts of each of several items with their documents."""
    return [drafts(item, document) for item, document in items]

"""The drafts that the extractors find in one item.

Who only wants to run the extractors elsewhere imports this module late: it loads all their words.
"""

from collections.abc import Sequence

from feeds.extractor import Extractor, Found
from feeds.extractors.en.grammar.places import places
from feeds.extractors.en.incidents import INCIDENTS
from feeds.extractors.en.policies import POLICIES
from feeds.extractors.en.statements import STATEMENTS
from feeds.extractors.en.statistics import STATISTICS
from feeds.items import RawItem
from tracker.domain.draft import DraftProposed

EXTRACTORS = (POLICIES, STATEMENTS, STATISTICS, INCIDENTS)


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


def found_in(items: Sequence[tuple[RawItem, str]]) -> list[Found]:
    """What is found in each of several items with their documents."""
    return [Found(drafts(item, document), names(item)) for item, document in items]


def names(item: RawItem) -> tuple[str, ...]:
    """The codes of the countries and groups that an item names, as English spells them."""
    return tuple(sorted({place.code for place in places(item.text, 0, len(item.text))}))

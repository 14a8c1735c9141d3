"""Known facts that say what a draft says, found by what both name and compared one by one."""

from typing import Any
from uuid import UUID

import msgspec

from projections.origins import name_key
from projections.tables import Views
from projections.views.inbox import Draft
from projections.views.parties import Party
from projections.views.timeline import TimelineEntry
from tracker.domain.base import tagged
from tracker.domain.catalog import fact_from
from tracker.domain.errors import TrackerError
from tracker.domain.fact import Fact
from tracker.domain.sameness import bucket, same
from tracker.domain.standing import latest
from tracker.domain.statement import StatementMade
from tracker.domain.values import checked
from tracker.log.read import Reader

_MOST = 200


class Duplicate(msgspec.Struct, frozen=True):
    """A known fact that says what a draft says, as it stands now, and why they are held alike."""

    event: str
    position: int
    why: str
    headline: str


async def duplicates(views: Views, reader: Reader, draft: Draft) -> list[Duplicate]:
    """The known facts that say the same as a draft, the latest first."""
    try:
        fact = checked(fact_from(draft.fact_type, draft.fact))
    except TrackerError:
        return []
    fact = await _spoken(views, fact)
    key = bucket(fact)
    if key is None:
        return []
    rows = await _candidates(views, fact)
    recorded = await reader.by_ids([UUID(row.event) for row in rows])
    about = tagged(*(f"target:{r.id}" for r in recorded))
    later = await reader.read_all(about, before=await reader.head()) if recorded else []
    found: list[Duplicate] = []
    for one in recorded:
        now = latest(one, [r for r in later if f"target:{one.id}" in r.tags])
        why = same(fact, now) if now and bucket(now) == key else None
        if now and why:
            found.append(Duplicate(str(one.id), one.position, why, now.headline(str)))
    return sorted(found, key=lambda d: -d.position)


async def _spoken(views: Views, fact: Fact) -> Fact:
    """A statement with the id of its speaker, where the name is known."""
    if not isinstance(fact, StatementMade):
        return fact
    known = await views.select(Party, overlap={"keys": [name_key(fact.speaker)]}, limit=2)
    return msgspec.structs.replace(fact, speaker=known[0].party) if len(known) == 1 else fact


async def _candidates(views: Views, fact: Fact) -> list[TimelineEntry]:
    """The latest entries of the same type that name the same, by whichever index finds fewest."""
    facets = fact.facets()
    equal: dict[str, Any] = {"type": fact.type}
    overlap: dict[str, tuple[str, ...]] = {}
    if facets.metric:
        equal["metric"] = facets.metric
    if facets.destination:
        equal["destination"] = facets.destination
    if facets.nationalities:
        overlap["nationalities"] = facets.nationalities
    elif isinstance(fact, StatementMade):
        overlap["parties"] = (fact.speaker,)
    elif facets.countries:
        overlap["countries"] = facets.countries
    return await views.select(
        TimelineEntry, equal=equal, overlap=overlap, order=("position",), descending=True,
        limit=_MOST,
    )  # fmt: skip

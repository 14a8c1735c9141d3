"""The page of one cell: what holds for a nationality at a destination, since when, and why."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from projections.answers import Answer, answer
from projections.entries import headline
from projections.histories import timeline
from projections.questions import Clocks
from projections.regimes import Cell, selectors
from projections.views.entry_rules import EntryFact
from projections.views.inbox import Draft
from tracker.console.clocks import ClockBar, clock_bar
from tracker.console.looks import look, needs
from tracker.console.places import place
from tracker.console.policy import flags
from tracker.console.site import AnyRequest, page, pages
from tracker.console.sources import Source, sources
from tracker.console.strip import strip
from tracker.console.visits import GivenParts, Visit, arrive
from tracker.domain.base import Recorded
from tracker.domain.errors import NotFound
from tracker.parts import Parts


class Reason(msgspec.Struct, frozen=True):
    """One event that bears on the answer, and how."""

    role: str
    event: Recorded
    headline: str
    sources: Sequence[Source]


@get("/policy/{destination:str}/{nationality:str}")
async def cell(
    request: AnyRequest, parts: GivenParts, destination: FromPath[str], nationality: FromPath[str]
) -> Response[str]:
    """The regime in large, the history as a strip and a table, and the evidence."""
    visit = await arrive(request, parts)
    asked = _cell(destination, nationality)
    sighting = await parts.questions.sight(visit.clocks, asked.destination, seen=visit.seen)
    facts = await parts.questions.facts(
        destination=asked.destination, nationality=asked.nationality
    )
    found = answer(facts, asked, sighting.valid_at, sighting.known)
    history = timeline(facts, asked, sighting.known)
    clock = await clock_bar(parts, visit, sighting, asked.destination, facts)
    reasons = await _reasons(parts, found)
    return page(
        request,
        "cell.html",
        visit=visit,
        cell=asked,
        answer=found,
        needs=needs(found.regime, found.requires),
        flags=flags(found),
        clock=clock,
        history=list(reversed(history)),
        strip=strip(history, _days(clock)) if len(history) > 1 else None,
        reasons=reasons,
        headlines={str(r.event.id): r.headline for r in reasons},
        drafts=await _drafts(parts, asked),
        now_differs=await _now(parts, visit, facts, found) if clock.elsewhere else None,
        twin=visit.twin(f"entry-rules/{asked.destination}/{asked.nationality}"),
    )


def _cell(destination: str, nationality: str) -> Cell:
    to, of = place(destination, "destination"), place(nationality, "nationality")
    if to is None or of is None:
        raise NotFound("a cell has a destination and a nationality")
    return Cell(to, of)


def _days(clock: ClockBar) -> list[tuple[str, date, str]]:
    """What the strip points at: the day in question, and today where that is another."""
    days = [("asked", clock.valid_at, clock.valid_at.isoformat())]
    if clock.valid_at != clock.today:
        days.append(("today", clock.today, "today"))
    return days


async def _now(parts: Parts, visit: Visit, facts: Sequence[EntryFact], then: Answer) -> str | None:
    """The regime now, where it is another than the one on the page."""
    asked = Cell(then.destination, then.nationality)
    clocks = Clocks(basis=visit.clocks.basis)
    sighting = await parts.questions.sight(clocks, asked.destination, seen=visit.seen)
    now = answer(facts, asked, sighting.valid_at, sighting.known)
    return look(now.regime).label if now.regime != then.regime else None


async def _drafts(parts: Parts, asked: Cell) -> list[Draft]:
    return await parts.views.select(
        Draft,
        equal={"status": "waiting", "destination": asked.destination},
        overlap={"nationalities": selectors(asked.nationality)},
        limit=20,
    )


async def _reasons(parts: Parts, answer: Answer) -> list[Reason]:
    """The events behind an answer, the one that decides first; each event once."""
    roles: dict[str, str] = {}
    if answer.decided_by:
        roles[answer.decided_by] = "Decided by"
    if answer.pending:
        roles.setdefault(answer.pending.decided_by, "Will change it")
    if answer.observed:
        roles.setdefault(answer.observed.event, "Disagrees (observed)")
    for ids, role in (
        (answer.disputed_by, "Disagrees"),
        (answer.overrode, "Overridden"),
        (answer.replaced, "Replaced by another"),
        ([c.event for c in answer.category_changes], "Concerns some people only"),
    ):
        for event in ids:
            roles.setdefault(event, role)
    found = {str(r.id): r for r in await parts.reader.by_ids([UUID(e) for e in roles])}
    events = [found[e] for e in roles if e in found]
    backed = await sources(parts, events)
    wanted = [p for r in events if r.event for p in r.event.facets().parties]
    names = await parts.questions.names(wanted)
    return [
        Reason(roles[str(r.id)], r, headline(r, names), backed.get(str(r.id), [])) for r in events
    ]


PAGE = pages(cell)

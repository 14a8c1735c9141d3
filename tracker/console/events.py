"""The timeline of facts and documents, newest first, and the page of one event."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from projections.entries import Entry, headline
from projections.views.documents import Document
from projections.views.feeds import Feed
from projections.views.parties import Party
from tracker.console.places import place
from tracker.console.readable import readable
from tracker.console.site import AnyRequest, changed, page, pages, with_query
from tracker.console.sources import documents, sources
from tracker.console.visits import GivenParts, arrive, position
from tracker.domain.base import Recorded
from tracker.domain.catalog import BY_TYPE, FACTS
from tracker.domain.erasure import erased_by
from tracker.domain.errors import NotFound, Refused
from tracker.parts import Parts

_PAGE = 50
_TYPES = (*(kind.type for kind in FACTS.values()), "document-received", "document-revised")


class Happening(msgspec.Struct, frozen=True):
    """A line of the timeline with the documents it rests on."""

    entry: Entry
    documents: tuple[Document, ...]


@get("/events")
async def events(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The timeline, filtered; `before` is the position that the page ends at."""
    visit = await arrive(request, parts)
    asked = request.query_params
    country, kind = place(asked.get("country"), "country"), asked.get("type") or None
    if kind and kind not in BY_TYPE:
        raise Refused(f"type: no event is called {kind!r}", field="type")
    parties = await parts.views.select(Party, order=("name",), limit=1000)
    party = _party(asked.get("party"), parties)
    found = await parts.questions.timeline(
        countries=[country] if country else [],
        types=[kind] if kind else [],
        parties=[party.party] if party else [],
        before=position("before", asked.get("before")),
        limit=_PAGE + 1,
    )
    shown = found[:_PAGE]
    known = await documents(parts, [d for e in shown for d in e.row.documents])
    return page(
        request,
        "events.html",
        visit=visit,
        happenings=[
            Happening(e, tuple(known[d] for d in dict.fromkeys(e.row.documents) if d in known))
            for e in shown
        ],
        older=changed(request, before=shown[-1].row.position) if len(found) > _PAGE else None,
        newest=changed(request, before=None) if asked.get("before") else None,
        types=_TYPES,
        parties=parties,
        country=country,
        type=kind,
        party=party,
        twin=with_query(
            "/api/v1/timeline",
            [
                ("country", country),
                ("type", kind),
                ("party", party and party.party),
                ("before", asked.get("before")),
            ],
        ),
    )


def _party(typed: str | None, parties: list[Party]) -> Party | None:
    wanted = (typed or "").strip()
    if not wanted:
        return None
    for party in parties:
        if wanted == party.party or wanted.casefold() in (n.casefold() for n in party.names):
            return party
    raise Refused(f"party: nobody on record is called {wanted!r}", field="party")


@get("/events/{event:str}")
async def event(request: AnyRequest, parts: GivenParts, event: FromPath[str]) -> Response[str]:
    """What an event says, what it rests on, and its envelope."""
    visit = await arrive(request, parts)
    recorded = await _recorded(parts, event)
    leaf = await parts.reader.leaf(recorded.position)
    facets = recorded.event.facets() if recorded.event else None
    names = await parts.questions.names(facets.parties if facets else ())
    erasures = await parts.reader.erasures_of([recorded])
    return page(
        request,
        "event.html",
        visit=visit,
        event=recorded,
        erased_by=erased_by(erasures.get(recorded.id)),
        headline=headline(recorded, names),
        fields=readable(recorded.event, names) if recorded.event else [],
        sources=(await sources(parts, [recorded]))[str(recorded.id)],
        documents=await documents(parts, facets.documents if facets else ()),
        facets=facets,
        leaf=leaf,
        payload_commit=msgspec.json.decode(leaf.content)["payload_commit"],
        actor=await _actor(parts, recorded),
        feed=await _feed(parts, recorded),
        twin=f"/api/v1/events/{recorded.id}",
    )


async def _recorded(parts: Parts, event: str) -> Recorded:
    try:
        found = await parts.reader.by_ids([UUID(event)])
    except ValueError:
        raise NotFound(f"{event[:80]!r} is not an id (a UUID)") from None
    if not found:
        raise NotFound(f"no event {event} is in the log")
    return found[0]


async def _actor(parts: Parts, recorded: Recorded) -> str:
    """The name behind the actor's id where the user still exists, and the role at the time."""
    names = {str(user.id): user.name for user in await parts.users.all()}
    name = names.get(recorded.actor.user)
    return f"{name} ({recorded.actor.role})" if name else recorded.actor.role


async def _feed(parts: Parts, recorded: Recorded) -> Feed | None:
    feed: Any = getattr(recorded.event, "feed", None)
    rows = await parts.views.select(Feed, equal={"feed": feed}) if feed else []
    return rows[0] if rows else None


PAGE = pages(events, event)

"""The timeline of facts and documents, newest first, and the page of one event."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from projections.docket import Conflict, ConflictFact
from projections.entries import Entry, headline
from projections.timelines import Page, Wanted
from projections.views.documents import Document
from projections.views.feeds import Feed
from projections.views.parties import Party
from tracker.console.account import account_of, named_fields
from tracker.console.acting import REASONS, RELATIONS
from tracker.console.drafting import form_of
from tracker.console.facets import facets, first, narrowed
from tracker.console.places import named_party, place
from tracker.console.readable import readable
from tracker.console.site import AnyRequest, changed, page, pages, with_query
from tracker.console.sources import documents, sources
from tracker.console.visits import GivenParts, arrive, identified, position
from tracker.domain.base import Recorded
from tracker.domain.catalog import BY_TYPE
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted
from tracker.domain.erasure import erased_by
from tracker.domain.errors import NotFound, Refused
from tracker.parts import Parts

_PAGE = 50
_MOST_PARTIES = 1000
_MOST_CONFLICTS = 20
_OF_A_FACT = FactCorrected | FactRetracted | FactCorroborated


class Happening(msgspec.Struct, frozen=True):
    """A line of the timeline with the documents it rests on."""

    entry: Entry
    documents: tuple[Document, ...]


@get("/events")
async def events(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The timeline, narrowed by facets and words; `before` is the position that the page ends at."""
    visit = await arrive(request, parts)
    asked = request.query_params
    parties = await parts.views.select(Party, order=("name",), limit=_MOST_PARTIES)
    party = named_party(asked.get("party"), parties, "party")
    wanted = _wanted(asked, party)
    timelines = parts.questions.timelines
    before = position("before", asked.get("before"))
    found = await timelines.entries(wanted, Page(before=before, limit=_PAGE + 1))
    counts = await timelines.counts(wanted)
    shown = found[:_PAGE]
    known = await documents(parts, [d for e in shown for d in e.row.documents])
    chosen = {"type": first(wanted.types), "country": first(wanted.countries),
              "party": party and party.party, "year": asked.get("year") or None,
              "q": wanted.text}  # fmt: skip
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
        parties=parties,
        party=party,
        chosen=chosen,
        narrowed=narrowed(request, chosen, parties),
        total=counts.all,
        facets=facets(request, counts, chosen, parties),
        twin=with_query(
            "/api/v1/timeline",
            [
                ("country", chosen["country"]),
                ("type", chosen["type"]),
                ("party", chosen["party"]),
                ("q", wanted.text),
                ("occurred_from", wanted.occurred_from),
                ("occurred_to", wanted.occurred_to),
                ("before", asked.get("before")),
            ],
        ),
    )


def _wanted(asked: Mapping[str, str], party: Party | None) -> Wanted:
    country, kind = place(asked.get("country"), "country"), asked.get("type") or None
    if kind and kind not in BY_TYPE:
        raise Refused(f"type: no event is called {kind[:80]!r}", field="type")
    year = asked.get("year") or None
    if year and not (len(year) == 4 and year.isascii() and year.isdigit() and year > "0000"):
        raise Refused(f"year: {year[:80]!r} is no year (write 2024)", field="year")
    text = (asked.get("q") or "").strip() or None
    return Wanted(
        countries=(country,) if country else (),
        types=(kind,) if kind else (),
        parties=(party.party,) if party else (),
        text=text,
        occurred_from=date(int(year), 1, 1) if year else None,
        occurred_to=date(int(year), 12, 31) if year else None,
    )


@get("/events/{event:str}")
async def event(request: AnyRequest, parts: GivenParts, event: FromPath[str]) -> Response[str]:
    """What an event says, what it rests on, what became of it, and its envelope."""
    visit = await arrive(request, parts)
    recorded = await _recorded(parts, event)
    past = await parts.later(recorded)
    account = await account_of(parts, recorded, past)
    says = (account and account.now) or recorded.event
    leaf = await parts.reader.leaf(recorded.position)
    found = says.facets() if says else None
    names = await parts.questions.names(found.parties if found else ())
    erasures = await parts.reader.erasures_of([recorded])
    now = msgspec.structs.replace(recorded, event=says)
    resting = [now, *(account.corroborations if account else ())]
    shown = await sources(parts, resting)
    form = account.now if account and visit.may_decide else None
    return page(
        request,
        "event.html",
        visit=visit,
        event=recorded,
        erased_by=erased_by(erasures.get(recorded.id)),
        headline=headline(now, names),
        fields=readable(says, names) if says else [],
        sources=[source for one in resting for source in shown[str(one.id)]],
        documents=await documents(parts, found.documents if found else ()),
        facets=found,
        leaf=leaf,
        payload_commit=msgspec.json.decode(leaf.content)["payload_commit"],
        actor=await _actor(parts, recorded),
        feed=await _feed(parts, recorded),
        account=account,
        of=recorded.event.target if isinstance(recorded.event, _OF_A_FACT) else None,
        form=form_of(form.type, named_fields(form, account.names)) if account and form else [],
        acts=form is not None,
        conflicts=await _conflicts(parts, recorded) if account else [],
        reasons=REASONS,
        relations=RELATIONS,
        done=request.query_params.get("done"),
        twin=f"/api/v1/events/{recorded.id}",
    )


async def _conflicts(parts: Parts, recorded: Recorded) -> list[tuple[Conflict, list[str]]]:
    """Disagreements that the fact takes part in, each with the other facts in it."""
    own = str(recorded.id)
    parted = await parts.views.select(ConflictFact, equal={"event": own}, limit=_MOST_CONFLICTS)
    rows, facts = await parts.questions.nouns.conflicts(
        within={"conflict": [one.conflict for one in parted]}
    )
    return [(row, [f.event for f in facts[row.conflict] if f.event != own]) for row in rows]


async def _recorded(parts: Parts, event: str) -> Recorded:
    found = await parts.reader.by_ids([identified(event)])
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

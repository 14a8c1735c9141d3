"""The policy pages: everybody at one destination, or one nationality everywhere."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from projections.answers import Answer
from projections.regimes import selectors
from projections.sweeps import column, row
from projections.views.inbox import Draft
from tracker.console.clocks import clock_bar
from tracker.console.looks import needs
from tracker.console.places import place
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, Visit, arrive
from tracker.domain.countries import COUNTRIES, country_name
from tracker.parts import Parts

_CLOCKS = ("valid_at", "known_at", "basis")


class Line(msgspec.Struct, frozen=True):
    """One row of the table: a country, what holds, and what to look at."""

    code: str
    href: str
    answer: Answer
    needs: str
    flags: tuple[str, ...]
    waiting: int

    @property
    def name(self) -> str:
        """The country that the row is about."""
        return country_name(self.code)


@get("/policy")
async def policy(request: AnyRequest, parts: GivenParts) -> Response[Any]:
    """The table for a destination or a nationality; both together lead to their own page."""
    visit = await arrive(request, parts)
    destination = place(request.query_params.get("destination"), "destination")
    nationality = place(request.query_params.get("nationality"), "nationality")
    if destination and nationality:
        kept = [(name, request.query_params.get(name)) for name in _CLOCKS]
        return Redirect(with_query(f"/policy/{destination}/{nationality}", kept), status_code=303)
    if destination:
        return await _table(request, parts, visit, destination, None)
    if nationality:
        return await _table(request, parts, visit, None, nationality)
    counted = await parts.questions.destinations()
    sighting = await parts.questions.sight(visit.clocks, seen=visit.seen)
    return page(
        request,
        "policy.html",
        visit=visit,
        clock=await clock_bar(parts, visit, sighting),
        destination=None,
        nationality=None,
        lines=(),
        counted=sorted(counted.items(), key=lambda item: country_name(item[0])),
    )


async def _table(
    request: AnyRequest,
    parts: Parts,
    visit: Visit,
    destination: str | None,
    nationality: str | None,
) -> Response[str]:
    sighting = await parts.questions.sight(visit.clocks, destination, seen=visit.seen)
    facts = await parts.questions.facts(destination=destination, nationality=nationality)
    if destination:
        answers = row(facts, destination, sighting)
    else:
        answers = column(facts, nationality or "", sighting)
    drafts = await _drafts(parts, destination, nationality)
    clock = await clock_bar(parts, visit, sighting, destination, facts)
    return page(
        request,
        "policy.html",
        visit=visit,
        clock=clock,
        destination=destination,
        nationality=nationality,
        lines=_lines(request, answers, drafts, by_destination=destination is None),
        tally=Counter(answer.regime for answer in answers).most_common(),
        silent=len(COUNTRIES) - 1 - len(answers),
        counted=(),
        twin=visit.twin(f"entry-rules/{destination}")
        if destination
        else visit.twin("entry-rules", nationality=nationality),
    )


async def _drafts(parts: Parts, destination: str | None, nationality: str | None) -> list[Draft]:
    equal = {"status": "waiting"}
    if destination:
        return await parts.views.select(Draft, equal={**equal, "destination": destination})
    overlap = {"nationalities": selectors(nationality or "")}
    return await parts.views.select(Draft, equal=equal, overlap=overlap)


def _lines(
    request: AnyRequest, answers: Iterable[Answer], drafts: list[Draft], *, by_destination: bool
) -> list[Line]:
    clocks = {name: request.query_params.get(name) for name in _CLOCKS}
    found: list[Line] = []
    for answer in answers:
        path = f"/policy/{answer.destination}/{answer.nationality}"
        who = set(selectors(answer.nationality))
        waiting = sum(
            d.destination == answer.destination and bool(who & set(d.nationalities)) for d in drafts
        )
        found.append(
            Line(
                answer.destination if by_destination else answer.nationality,
                with_query(path, clocks.items()),
                answer,
                needs(answer.regime, answer.requires),
                flags(answer),
                waiting,
            )
        )
    return sorted(found, key=lambda line: line.name)


def flags(answer: Answer) -> tuple[str, ...]:
    """What a reader should not overlook, in words."""
    return tuple(
        word
        for word, raised in (
            ("disputed", answer.disputed),
            ("approximate", answer.approximate),
            ("implied", answer.implied is not None),
            (f"by {answer.via}" if answer.via != "*" else "for everybody", bool(answer.via)),
            ("observed only", answer.basis_kind == "observation"),
        )
        if raised
    )


PAGE = pages(policy)

"""The policy pages: everybody at one destination, or one nationality everywhere."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Response, get
from litestar.response import Redirect

from projections.answers import Answer
from projections.questions import Clocks, Sighting
from projections.regimes import selectors
from projections.sweeps import column, row
from projections.views.inbox import Draft
from tracker.console.atlas import atlas, known_places
from tracker.console.clocks import clock_bar
from tracker.console.looks import needs
from tracker.console.places import place
from tracker.console.site import AnyRequest, changed, page, pages, with_query
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
    now: str | None = None
    """The regime of today, where the page shows another day or another state of knowledge."""

    @property
    def differs(self) -> bool:
        """Whether today something else holds than what is shown."""
        return self.now is not None and self.now != self.answer.regime

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
    return await _overview(request, parts, visit)


async def _overview(request: AnyRequest, parts: Parts, visit: Visit) -> Response[str]:
    """The destinations that facts are on record about, as a map and a list."""
    counted = await parts.questions.destinations()
    sighting = await parts.questions.sight(visit.clocks, seen=visit.seen)
    hrefs = {code: changed(request, "/policy", destination=code) for code in counted}
    return page(
        request,
        "policy.html",
        visit=visit,
        clock=await clock_bar(parts, visit, sighting),
        destination=None,
        nationality=None,
        lines=(),
        counted=sorted(counted.items(), key=lambda item: country_name(item[0])),
        shapes=known_places(hrefs),
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

    def answered(at: Sighting) -> list[Answer]:
        return row(facts, destination, at) if destination else column(facts, nationality or "", at)

    answers = answered(sighting)
    drafts = await _drafts(parts, destination, nationality)
    clock = await clock_bar(parts, visit, sighting, destination, facts)
    now: dict[str, str] | None = None
    if clock.elsewhere:
        today = Clocks(basis=visit.clocks.basis)
        then = answered(await parts.questions.sight(today, destination, seen=visit.seen))
        now = {_other(a, destination): a.regime for a in then}
    lines = _lines(request, answers, drafts, now, by_destination=destination is None)
    differing = sum(line.differs for line in lines)
    only = request.query_params.get("only") == "differing"
    return page(
        request,
        "policy.html",
        visit=visit,
        clock=clock,
        destination=destination,
        nationality=nationality,
        lines=[line for line in lines if line.differs] if only else lines,
        total=len(lines),
        compared=now is not None,
        differing=differing,
        only=only,
        shapes=atlas(
            {line.code: line.answer.regime for line in lines},
            {line.code: line.href for line in lines},
            destination or nationality,
        ),
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


def _other(answer: Answer, destination: str | None) -> str:
    """The country that a line of the table is about."""
    return answer.nationality if destination else answer.destination


def _lines(
    request: AnyRequest,
    answers: Iterable[Answer],
    drafts: list[Draft],
    now: dict[str, str] | None,
    *,
    by_destination: bool,
) -> list[Line]:
    clocks = {name: request.query_params.get(name) for name in _CLOCKS}
    found: list[Line] = []
    for answer in answers:
        path = f"/policy/{answer.destination}/{answer.nationality}"
        who = set(selectors(answer.nationality))
        waiting = sum(
            d.destination == answer.destination and bool(who & set(d.nationalities)) for d in drafts
        )
        code = answer.destination if by_destination else answer.nationality
        found.append(
            Line(
                code,
                with_query(path, clocks.items()),
                answer,
                needs(answer.regime, answer.requires),
                flags(answer),
                waiting,
                None if now is None else now.get(code, "unknown"),
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

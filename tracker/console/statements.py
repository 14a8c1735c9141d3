"""The statements: who said what, those of one occasion together."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get

from projections.briefings import briefings
from projections.views.parties import Party
from projections.views.statements import Statement
from tracker.console.places import named_party, place
from tracker.console.site import AnyRequest, changed, page, pages, with_query
from tracker.console.visits import GivenParts, arrive, position

_PAGE = 50


class Occasion(msgspec.Struct, frozen=True):
    """What one speaker said on one occasion, or a single statement without a date."""

    speaker: str
    organisation: str | None
    said_on: str | None
    place: str | None
    statements: tuple[Statement, ...]


@get("/statements")
async def statements(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Statements, newest first, grouped as briefings."""
    visit = await arrive(request, parts)
    asked = request.query_params
    country = place(asked.get("country"), "country")
    parties = await parts.views.select(Party, order=("name",), limit=1000)
    speaker = named_party(asked.get("speaker"), parties, "speaker")
    before = position("before", asked.get("before"))
    nouns = parts.questions.nouns
    rows = await parts.views.select(
        Statement,
        equal={"country": country} if country else None,
        within={"speaker": await nouns.all_ids(speaker.party)} if speaker else {},
        before=None if before is None else {"position": before},
        descending=True,
        order=("position",),
        limit=_PAGE,
    )
    spoken = [p for r in rows for p in (r.speaker, r.organisation, r.on_behalf_of) if p]
    return page(
        request,
        "statements.html",
        visit=visit,
        occasions=_occasions(rows, await nouns.given_up(spoken)),
        names=await parts.questions.names(spoken),
        country=country,
        speaker=speaker,
        parties=parties,
        older=changed(request, before=rows[-1].position) if len(rows) == _PAGE else None,
        twin=with_query(
            "/api/v1/statements",
            [("country_code", country), ("speaker", speaker and speaker.party)],
        ),
    )


def _occasions(rows: Sequence[Statement], merged: Any) -> list[Occasion]:
    """The briefings with their statements, the one with the newest statement first."""
    by_event = {row.event: row for row in rows}
    found = [
        Occasion(b.speaker, b.organisation, b.said_on, b.place,
                 tuple(by_event.pop(event) for event in b.statements))
        for b in briefings(rows[::-1], merged)
    ]  # fmt: skip
    found += [Occasion(r.speaker, r.organisation, None, r.place, (r,)) for r in by_event.values()]
    return sorted(found, key=lambda o: -max(s.position for s in o.statements))


PAGE = pages(statements)

"""The conflicts: what disagrees, both sides beside each other, and how it was settled."""

from collections.abc import Sequence
from typing import cast, get_args

import msgspec
from litestar import Response, get, post
from litestar.response import Redirect

from projections.docket import Conflict, ConflictFact, Kind
from tracker.console.lines import headlines
from tracker.console.places import place
from tracker.console.site import AnyRequest, changed, page, pages, with_query
from tracker.console.visits import GivenParts, arrive, decider
from tracker.cursors import Place, cursor, place_of
from tracker.domain.errors import Refused
from tracker.domain.relation import RelationKind, ResolveRelation

_PAGE = 50


class Sides(msgspec.Struct, frozen=True):
    """A conflict with the facts of its sides; `a` decides or was named first."""

    conflict: Conflict
    a: tuple[ConflictFact, ...]
    b: tuple[ConflictFact, ...]

    @property
    def kind(self) -> RelationKind | None:
        """As what it can be settled; None where a fact has to go or an incident be updated."""
        kind = self.conflict.kind
        return cast("RelationKind", kind) if kind in get_args(RelationKind) else None


@get("/conflicts")
async def conflicts(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Open conflicts, the latest first; settled ones where asked."""
    visit = await arrive(request, parts)
    asked = request.query_params
    status = "resolved" if asked.get("status") == "resolved" else "open"
    kind = asked.get("kind") or None
    if kind and kind not in get_args(Kind):
        raise Refused(f"kind: {kind!r} is none of {', '.join(get_args(Kind))}", field="kind")
    country, before = place(asked.get("country"), "country"), asked.get("before")
    which = [status, kind or "", country or ""]
    equal = {"status": status, **({"kind": kind} if kind else {})}
    rows, facts = await parts.questions.nouns.conflicts(
        equal=equal,
        overlap={"countries": [country]} if country else None,
        before=place_of(before, which, tuple[Place, str], "before") if before else None,
        limit=_PAGE,
    )
    end = (rows[-1].opened_at, rows[-1].conflict) if len(rows) == _PAGE else None
    events = [fact.event for key in facts for fact in facts[key]]
    return page(
        request,
        "conflicts.html",
        visit=visit,
        state=status,
        kind=kind,
        kinds=get_args(Kind),
        country=country,
        counts=await parts.views.counts(Conflict, "status"),
        found=[_sides(row, facts[row.conflict]) for row in rows],
        told=await headlines(parts, events),
        older=changed(request, before=cursor(which, end)) if end else None,
        settled=asked.get("done") == "settled",
        twin=with_query(
            "/api/v1/conflicts", [("status", status), ("kind", kind), ("country", country)]
        ),
    )


def _sides(row: Conflict, facts: Sequence[ConflictFact]) -> Sides:
    a = tuple(f for f in facts if f.side == "a")
    return Sides(row, a, tuple(f for f in facts if f.side != "a"))


@post("/conflicts", status_code=303)
async def settle(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Settle one with a reason; the facts stay, and so does that they were found to disagree."""
    visit, fields = await decider(request, parts)
    kind = fields.get("kind", "")
    if kind not in get_args(RelationKind):
        raise Refused(f"kind: {kind!r} is not what two facts can be", field="kind")
    a, b = fields.get("a", ""), fields.get("b", "")
    command = ResolveRelation(
        a=a,
        b=b,
        kind=cast("RelationKind", kind),
        reason=fields.get("reason", ""),
        named=await parts.events_of(a, b),
    )
    done = await parts.executor.execute(command, visit.user.actor())
    await parts.settle(done.position)
    return Redirect("/conflicts?done=settled", status_code=303)


PAGE = pages(conflicts, settle)

"""The matrix: many nationalities at many destinations, a letter each, at any two times."""

from collections.abc import Sequence

import msgspec
from litestar import Response, get

from projections.matrix import Matrix
from projections.questions import Clocks
from tracker.console.clocks import clock_bar
from tracker.console.looks import LOOKS, Look, look
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, arrive, position
from tracker.domain.errors import Refused
from tracker.domain.groups import GROUPS, members

_SIDE = 30


class Window(msgspec.Struct, frozen=True):
    """The part of one side of the table that is shown."""

    codes: tuple[str, ...]
    total: int
    first: int

    @property
    def earlier(self) -> int | None:
        """Where the part before begins."""
        return max(self.first - _SIDE, 0) if self.first else None

    @property
    def later(self) -> int | None:
        """Where the part after begins."""
        return self.first + _SIDE if self.first + _SIDE < self.total else None


@get("/policy/matrix")
async def matrix(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Thirty destinations by thirty nationalities at a time, or the members of a group."""
    visit = await arrive(request, parts)
    asked = request.query_params
    clocks = Clocks(visit.clocks.valid_at, visit.clocks.known_at, "recorded")
    sighting = await parts.questions.sight(clocks, seen=visit.seen)
    found = await parts.questions.matrix(sighting)
    group = asked.get("group") or None
    if group and group not in GROUPS:
        raise Refused(f"group: {group!r} is none of {', '.join(sorted(GROUPS))}", field="group")
    within = frozenset(members(group, sighting.valid_at)) if group else None
    rows = _window(found.destinations, None, position("d", asked.get("d")))
    columns = _window(found.nationalities, within, position("n", asked.get("n")))
    return page(
        request,
        "matrix.html",
        visit=visit,
        clock=await clock_bar(parts, visit, sighting),
        rows=rows,
        columns=columns,
        cells=_cells(found, rows, columns),
        group=group,
        groups=sorted(GROUPS),
        legend=_legend(found, rows, columns),
        step=_step(request),
        twin=with_query(
            "/api/v1/entry-rules",
            [("valid_at", clocks.valid_at), ("known_at", clocks.known_at)],
        ),
    )


def _step(request: AnyRequest) -> dict[str, str]:
    """The clocks as they were asked, for links of cells."""
    asked = request.query_params
    return {name: asked[name] for name in ("valid_at", "known_at") if asked.get(name)}


def _window(codes: Sequence[str], within: frozenset[str] | None, first: int | None) -> Window:
    fitting = tuple(code for code in codes if within is None or code in within)
    start = min(first or 0, max(len(fitting) - 1, 0))
    return Window(fitting[start : start + _SIDE], len(fitting), start)


def _cells(found: Matrix, rows: Window, columns: Window) -> list[list[Look]]:
    places = {code: i for i, code in enumerate(found.nationalities)}
    lines = {code: i for i, code in enumerate(found.destinations)}
    looks = [look(regime) for regime in found.regimes]
    return [
        [looks[found.cells[lines[to]][places[of]]] for of in columns.codes] for to in rows.codes
    ]


def _legend(found: Matrix, rows: Window, columns: Window) -> list[Look]:
    """The looks that are in the picture, in the order in which they are known."""
    shown = {one.letter for line in _cells(found, rows, columns) for one in line}
    return [one for one in LOOKS.values() if one.letter in shown]


PAGE = pages(matrix)

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


class Square(msgspec.Struct, frozen=True):
    """One cell: how its regime looks, and that of now where it is another."""

    look: Look
    now: Look | None


class Compared(msgspec.Struct, frozen=True):
    """The matrix that is shown, and the cells in which that of now has another regime."""

    shown: dict[tuple[str, str], str]
    """Destination and nationality → regime; what is unknown is left out."""
    moved: dict[tuple[str, str], str]

    def square(self, cell: tuple[str, str]) -> Square:
        """What a cell shows."""
        return Square(
            look(self.shown.get(cell, "unknown")),
            look(self.moved[cell]) if cell in self.moved else None,
        )


@get("/policy/matrix")
async def matrix(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Thirty destinations by thirty nationalities at a time, or the members of a group."""
    visit = await arrive(request, parts)
    asked = request.query_params
    clocks = Clocks(visit.clocks.valid_at, visit.clocks.known_at, "recorded")
    sighting = await parts.questions.sight(clocks, seen=visit.seen)
    found = await parts.questions.matrix(sighting)
    clock = await clock_bar(parts, visit, sighting)
    now = found
    if clock.elsewhere:
        today = await parts.questions.sight(Clocks(basis="recorded"), seen=visit.seen)
        now = await parts.questions.matrix(today)
    compared = compare(found, now)
    only = bool(compared.moved) and asked.get("only") == "differing"
    destinations, nationalities = found.destinations, found.nationalities
    if only:
        destinations, nationalities = (
            tuple(sorted({*side})) for side in zip(*compared.moved, strict=True)
        )
    group = asked.get("group") or None
    if group and group not in GROUPS:
        raise Refused(f"group: {group!r} is none of {', '.join(sorted(GROUPS))}", field="group")
    within = frozenset(members(group, sighting.valid_at)) if group else None
    rows = _window(destinations, None, position("d", asked.get("d")))
    columns = _window(nationalities, within, position("n", asked.get("n")))
    squares = [[compared.square((to, of)) for of in columns.codes] for to in rows.codes]
    return page(
        request,
        "matrix.html",
        visit=visit,
        clock=clock,
        rows=rows,
        columns=columns,
        squares=squares,
        differing=len(compared.moved),
        only=only,
        group=group,
        groups=sorted(GROUPS),
        legend=_legend(squares),
        step=_step(request),
        # Another basis might say something else than the letter that was clicked on.
        at=with_query("", {**_step(request), "basis": "recorded"}.items()),
        twin=with_query(
            "/api/v1/entry-rules",
            [("valid_at", clocks.valid_at), ("known_at", clocks.known_at)],
        ),
    )


def compare(found: Matrix, now: Matrix) -> Compared:
    """What is shown beside what is now, in either of which a country may be missing."""
    shown = _known(found)
    if now is found:  # forty thousand cells that cannot differ
        return Compared(shown, {})
    current = _known(now)
    moved = {
        cell: current.get(cell, "unknown")
        for cell in shown.keys() | current.keys()
        if shown.get(cell) != current.get(cell)
    }
    return Compared(shown, moved)


def _known(found: Matrix) -> dict[tuple[str, str], str]:
    return {
        (to, of): found.regimes[index]
        for to, row in zip(found.destinations, found.cells, strict=True)
        for of, index in zip(found.nationalities, row, strict=True)
        if index
    }


def _step(request: AnyRequest) -> dict[str, str]:
    """The clocks as they were asked, for the form and for links of cells."""
    asked = request.query_params
    return {name: asked[name] for name in ("valid_at", "known_at") if asked.get(name)}


def _window(codes: Sequence[str], within: frozenset[str] | None, first: int | None) -> Window:
    fitting = tuple(code for code in codes if within is None or code in within)
    start = min(first or 0, max(len(fitting) - 1, 0))
    return Window(fitting[start : start + _SIDE], len(fitting), start)


def _legend(squares: Sequence[Sequence[Square]]) -> list[Look]:
    """The looks that are in the picture, in the order in which they are known."""
    shown = {one.look.letter for line in squares for one in line}
    return [one for one in LOOKS.values() if one.letter in shown]


PAGE = pages(matrix)

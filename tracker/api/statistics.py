"""`/statistics`: published figures with their bounds, periods and vintages."""

from itertools import combinations

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from projections.figures import compare
from projections.views.statistics import Statistic
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.facts import FactFields, record
from tracker.api.reading import Before, Limit, Reading, country, nationality_of
from tracker.api.writing import Writer, Written


class Statistics(msgspec.Struct, frozen=True):
    """A page of figures, and the names of the parties in it."""

    statistics: list[Statistic]
    names: dict[str, str]
    next: int | None


class Disagreement(msgspec.Struct, frozen=True):
    """Two figures that cannot both be taken as they stand, by their events, and why."""

    a: str
    b: str
    kind: str
    reason: str


class Comparisons(msgspec.Struct, frozen=True):
    """The figures that were compared, and where they disagree; both are always shown."""

    statistics: list[Statistic]
    disagreements: list[Disagreement]


class StatisticRoutes(Controller):
    """Figures, read and recorded."""

    path = "/statistics"
    tags = ("statistics",)

    @get("/", opt=READER)
    async def statistics(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        metric: FromQuery[str | None] = None,
        geography: FromQuery[str | None] = None,
        counterpart: FromQuery[str | None] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> Statistics:
        """Figures, newest first, older vintages among them."""
        reading.unless_known()
        asked = {
            "metric": metric,
            "geography": geography and country("geography", geography),
            "counterpart": counterpart and nationality_of("counterpart", counterpart),
        }
        rows = await parts.views.select(
            Statistic,
            equal={name: value for name, value in asked.items() if value},
            before=None if before is None else ("position", before),
            descending=True,
            order=("position",),
            limit=limit,
        )
        names = await parts.questions.names(r.publisher for r in rows if r.publisher)
        return Statistics(rows, names, rows[-1].position if len(rows) == limit else None)

    @get("/comparisons", opt=READER)
    async def comparisons(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        metric: FromQuery[str],
        geography: FromQuery[str],
        counterpart: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Comparisons:
        """The newest figures of one series, compared with one another."""
        reading.unless_known()
        asked = {"metric": metric, "geography": country("geography", geography)}
        if counterpart:
            asked["counterpart"] = nationality_of("counterpart", counterpart)
        rows = await parts.views.select(
            Statistic, equal=asked, order=("position",), descending=True, limit=limit
        )
        found = [
            Disagreement(a.event, b.event, differs.kind, differs.reason)
            for a, b in combinations(rows, 2)
            if (differs := compare(a, b))
        ]
        return Comparisons(rows, found)

    @post("/", opt=ANALYST)
    async def record(self, data: FactFields, write: NamedDependency[Writer]) -> Response[Written]:
        """Record a figure."""
        return await record("statistic", data, write)

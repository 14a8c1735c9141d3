"""`/statistics`: published figures with their bounds, periods and vintages."""

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from projections.figures import series_key
from projections.series import Disagreement, Series
from projections.views.statistics import Statistic
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.facts import FactFields, record
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country, nationality_of
from tracker.api.writing import Writer, Written


class Statistics(msgspec.Struct, frozen=True):
    """A page of figures, and the names of the parties in it."""

    statistics: list[Statistic]
    names: dict[str, str]
    next: str | None


class Comparisons(msgspec.Struct, frozen=True):
    """The figures that were compared, and where they disagree; both are always shown."""

    statistics: list[Statistic]
    disagreements: list[Disagreement]


class SeriesAnswer(msgspec.Struct, frozen=True):
    """A series: all vintages newest first, and what the newest of them claim."""

    statistics: list[Statistic]
    series: Series
    names: dict[str, str]


class StatisticRoutes(Controller):
    """Figures, read and recorded."""

    path = "/statistics"
    tags = ("statistics",)

    @get("/", opt=READER)
    async def statistics(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        metric: FromQuery[str | None] = None,
        geography: FromQuery[str | None] = None,
        counterpart: FromQuery[str | None] = None,
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
            before=paging.before,
            descending=True,
            order=("position",),
            limit=limit,
        )
        names = await parts.questions.names(r.publisher for r in rows if r.publisher)
        return Statistics(rows, names, paging.next(rows, limit))

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
        return Comparisons(*await parts.questions.nouns.compared(asked, limit))

    @get("/series", opt=READER)
    async def series(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        metric: FromQuery[str],
        geography: FromQuery[str | None] = None,
        counterpart: FromQuery[str | None] = None,
    ) -> SeriesAnswer:
        """The figures of one metric, place and people with every vintage.

        Without a place or a people the series is that of figures that name none. Claims that are
        repeated count their independent origins once; nothing is averaged.
        """
        reading.unless_known()
        key = series_key(
            metric,
            geography and country("geography", geography),
            counterpart and nationality_of("counterpart", counterpart),
        )
        rows, found = await parts.questions.nouns.series({"series": key})
        names = await parts.questions.names(r.publisher for r in rows if r.publisher)
        return SeriesAnswer(rows, found, names)

    @post("/", opt=ANALYST)
    async def record(self, data: FactFields, write: NamedDependency[Writer]) -> Response[Written]:
        """Record a figure."""
        return await record("statistic", data, write)

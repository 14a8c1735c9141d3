"""Statistics: published figures with their metric, population, period and bounds."""

from collections.abc import Callable
from decimal import Decimal as Number
from typing import ClassVar, Self

from tracker.domain import edtf, party
from tracker.domain.base import Facets, Given, Past, Query, require, tagged
from tracker.domain.countries import COUNTRIES, country_name
from tracker.domain.errors import NotFound
from tracker.domain.fact import Fact
from tracker.domain.metrics import METRICS
from tracker.domain.numbers import in_words
from tracker.domain.values import Comparator, Country, Day, Decimal, Edtf, Id, Nationality, Party


class StatisticPublished(Fact, frozen=True, kw_only=True):
    """A figure as its source gave it: decimal text with a comparator, never a float."""

    type: ClassVar[str] = "statistic-published"
    noun: ClassVar[str] = "statistic"
    parties: ClassVar[dict[str, party.Kind]] = {"publisher": "organisation"}

    metric: str
    comparator: Comparator
    geography: Country | None = None
    counterpart: Nationality | None = None
    population_term: str | None = None
    denominator: str | None = None
    period: Edtf | None = None
    basis: str | None = None
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    cue: str | None = None
    unit: str | None = None
    publisher: Party | None = None
    published_on: Day | None = None
    revises: Id | None = None

    def needs(self) -> Query:
        """For a new vintage, the figures that it may revise."""
        return tagged(f"type:{self.type}") if self.revises else Query()

    def settle(self, past: Past, given: Given) -> Self:
        """Refused where the metric is not in the catalogue or the number is incomplete."""
        require(
            self.metric in METRICS,
            f"metric: {self.metric!r} is not in the catalogue ({', '.join(METRICS)})",
            "metric",
        )
        if self.comparator == "range":
            require(self.lower and self.upper, "lower: a range needs lower and upper", "lower")
            low, high = Number(self.lower or "0"), Number(self.upper or "0")
            require(low <= high, f"upper: {self.upper} is below lower {self.lower}", "upper")
        else:
            require(
                self.value or self.cue,
                "value: give a value, or the source's own word in cue",
                "value",
            )
        if self.period:
            edtf.bounds(self.period)
        known = {str(r.id) for r in past if r.type == self.type}
        if self.revises and self.revises not in known:
            raise NotFound(f"revises: no statistic {self.revises} is in the log", field="revises")
        return self

    def facets(self) -> Facets:
        """Metric, place, people counted, and publisher."""
        home = self.counterpart if self.counterpart in COUNTRIES else None
        return Facets(
            countries=tuple(dict.fromkeys(filter(None, (self.geography, home)))),
            nationalities=(self.counterpart,) if self.counterpart else (),
            parties=(self.publisher,) if self.publisher else (),
            metric=self.metric,
            documents=self.cited(),
            occurred=self.published_on or self.period,
        )

    def headline(self, name: Callable[[str], str]) -> str:
        """The figure with its comparator, what it counts, where and when."""
        figure = in_words(self.comparator, self.value, self.lower, self.upper, self.cue)
        place = f" in {country_name(self.geography)}" if self.geography else ""
        people = country_name(self.counterpart) if self.counterpart else None
        who = self.population_term or (people and f"nationals of {people}")
        # A log may come from a tracker that knows more metrics.
        metric = METRICS[self.metric].name if self.metric in METRICS else self.metric
        parts = [f"{metric}{place}", who, self.period]
        return f"{', '.join(filter(None, parts))}: {figure}"

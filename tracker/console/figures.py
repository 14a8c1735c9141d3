"""The figures: which series there are, and one of them as a chart and a table."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec
from litestar import Response, get

from projections.figures import series_key
from projections.series import Series
from projections.views.statistics import Statistic
from tracker.console.charts import chart, publisher, said
from tracker.console.places import place
from tracker.console.site import AnyRequest, page, pages, whom, with_query
from tracker.console.sources import Source, sources
from tracker.console.visits import GivenParts, arrive
from tracker.domain.countries import country_name
from tracker.domain.errors import NotFound
from tracker.domain.groups import GROUPS
from tracker.parts import Parts

_CITED = 60


class Listed(msgspec.Struct, frozen=True):
    """One series in the list."""

    title: str
    href: str
    count: int


class Row(msgspec.Struct, frozen=True):
    """One figure in the table beside the chart."""

    figure: Statistic
    said: str
    publisher: str
    state: str
    """Empty for a figure that counts, else why it does not."""
    sources: Sequence[Source]


class Claim(msgspec.Struct, frozen=True):
    """What is claimed of a period, and by how many independently."""

    period: str
    said: str
    times: int
    independent: int


@get("/stats")
async def series_list(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Every series with how many figures it has, by what is counted."""
    visit = await arrive(request, parts)
    counts = await parts.views.counts(Statistic, "series")
    shelves: defaultdict[str, list[Listed]] = defaultdict(list)
    for key, count in sorted(counts.items()):
        metric, geography, counterpart = key.split("|")
        href = with_query(
            "/stats/series",
            [("metric", metric), ("geography", geography), ("counterpart", counterpart)],
        )
        shelves[_words(metric)].append(Listed(_about(geography, counterpart), href, count))
    return page(
        request,
        "figures.html",
        visit=visit,
        shelves=sorted(shelves.items()),
        total=sum(counts.values()),
        twin=visit.twin("statistics"),
    )


@get("/stats/series")
async def one_series(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The claims of one series with their ranges and vintages, and what disagrees."""
    visit = await arrive(request, parts)
    asked = request.query_params
    metric = (asked.get("metric") or "").strip()
    geography = place(asked.get("geography"), "geography")
    counterpart = _whose(asked.get("counterpart"))
    key = series_key(metric, geography, counterpart)
    figures, series = await parts.questions.nouns.series({"series": key})
    if not figures:
        raise NotFound(f"no figure is on record for {_words(metric).lower() or 'nothing'} there")
    names = await parts.questions.names(f.publisher for f in figures if f.publisher)
    by_event = {f.event: f for f in figures}
    return page(
        request,
        "series.html",
        visit=visit,
        title=_words(metric),
        about=_about(geography or "", counterpart or ""),
        chart=chart(figures, names),
        rows=await _rows(parts, figures, names),
        claims=_claims(series, by_event),
        independent=series.independent,
        disagreements=series.disagreements,
        told={f.event: f"{said(f)} ({publisher(f, names)})" for f in figures},
        twin=visit.twin(
            "statistics/series", metric=metric, geography=geography, counterpart=counterpart
        ),
    )


async def _rows(parts: Parts, figures: Sequence[Statistic], names: dict[str, str]) -> list[Row]:
    events = await parts.reader.by_ids([UUID(f.event) for f in figures[:_CITED]])
    cited = await sources(parts, events)
    return [
        Row(f, said(f), publisher(f, names), _state(f), cited.get(f.event, ())) for f in figures
    ]


def _state(figure: Statistic) -> str:
    if figure.retracted_at is not None:
        return f"retracted at position {figure.retracted_at}"
    if figure.revised_by is not None:
        return f"superseded at position {figure.revised_by}"
    return ""


def _claims(series: Series, by_event: dict[str, Statistic]) -> list[Claim]:
    return [
        Claim(
            claim.period or "no period given",
            said(by_event[claim.figures[0]]),
            len(claim.figures),
            claim.independent,
        )
        for claim in series.claims
    ]


def _whose(typed: str | None) -> str | None:
    """A group or `*` as it stands, else a country by code or name."""
    text = (typed or "").strip()
    return text if text in GROUPS or text == "*" else place(text, "counterpart")


def _about(geography: str, counterpart: str) -> str:
    """Where and whom a series counts, in words."""
    where = country_name(geography) if geography else ""
    of = whom(counterpart) if counterpart else ""
    return " · ".join(part for part in (where, of) if part) or "no place named"


def _words(metric: str) -> str:
    return metric.replace("-", " ").replace("_", " ").capitalize()


PAGE = pages(series_list, one_series)

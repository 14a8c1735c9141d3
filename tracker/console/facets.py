"""The facets of the timeline: how many events have each value, as links that narrow or widen."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from projections.timelines import Counts
from projections.views.parties import Party
from tracker.console.site import AnyRequest, changed
from tracker.domain.countries import COUNTRIES, country_name

_MOST = 12


class Choice(msgspec.Struct, frozen=True):
    """A value with its count and the address that narrows to it."""

    label: str
    count: int
    href: str


class Facet(msgspec.Struct, frozen=True):
    """One way to narrow; `more` are the values that are less common."""

    label: str
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...]


def first(values: Sequence[str]) -> str | None:
    """The only value of a facet, if it is narrowed."""
    return values[0] if values else None


def facets(
    request: AnyRequest,
    counts: Counts,
    chosen: Mapping[str, str | None],
    parties: Iterable[Party],
) -> list[Facet]:
    """What can still be narrowed, the commonest first; years the latest first."""
    known = {party.party: party for party in parties}

    def of_kind(*kinds: str) -> dict[str, int]:
        return {p: n for p, n in counts.parties.items() if p in known and known[p].kind in kinds}

    years = dict(sorted(counts.years.items(), reverse=True))
    asked = (
        ("Types", "type", counts.types),
        ("Countries", "country", counts.countries),
        ("People", "party", of_kind("person")),
        ("Organisations", "party", of_kind("organisation", "group")),
        ("Years", "year", years),
    )
    names = {party: row.name for party, row in known.items()}
    return [
        Facet(label, tuple(found[:_MOST]), tuple(found[_MOST:]))
        for label, name, numbers in asked
        if not chosen[name]
        and (
            found := [
                Choice(
                    worded(name, value, names),
                    number,
                    changed(request, before=None, **{name: value}),
                )
                for value, number in numbers.items()
            ]
        )
    ]


def narrowed(
    request: AnyRequest, chosen: Mapping[str, str | None], parties: Iterable[Party]
) -> list[tuple[str, str]]:
    """What the page is narrowed to, each with the address that takes it off again."""
    names = {party.party: party.name for party in parties}
    return [
        (worded(name, value, names), changed(request, before=None, **{name: None}))
        for name, value in chosen.items()
        if value
    ]


def worded(name: str, value: str, names: Mapping[str, str]) -> str:
    """A value of a facet in words."""
    match name:
        case "type":
            return value.replace("-", " ")
        case "country":
            return country_name(value) if value in COUNTRIES else value
        case "party":
            return names.get(value, value)
        case "q":
            return f"“{value}”"
        case _:
            return value

"""What subscriptions watch, and what an event has that they may find it by.

A filter is a set of limits: AND between its fields, OR within one.
"""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import msgspec

from projections.origins import classed, independent
from projections.regimes import Cell
from projections.search import asked
from projections.views.timeline import words_of
from tracker.domain.base import Event, Facets, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.fact import Fact
from tracker.domain.filter import ENTRY_RULE, Filter
from tracker.domain.groups import GROUPS, groups_ever
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import Option, Watched

_NONE = frozenset[str]()
_SETS = (
    "types", "countries", "destinations", "nationalities", "parties", "metrics", "policies",
    "entry_rules", "incident_types",
)  # fmt: skip
"""The fields of which an event must have one of the values named."""


class Values:
    """What filters can find an event by: the values that it has of each field."""

    def __init__(self, event: Event | None, sets: Mapping[str, frozenset[str]]) -> None:
        self._event = event
        self.sets = sets

    def __getitem__(self, field: str) -> frozenset[str]:
        return self.sets.get(field, _NONE)

    @cached_property
    def words(self) -> frozenset[int]:
        """The words that it is found by, as numbers."""
        return frozenset(words_of(self._event)) if self._event else frozenset()

    @cached_property
    def origins(self) -> int:
        """How many independent origins its citations have."""
        cited = self._event.citations if isinstance(self._event, Fact) else ()
        return len(independent({"": classed(cited)}))

    @property
    def credibility(self) -> int:
        """After the Admiralty code; what nobody judged cannot be judged (6)."""
        judged = self._event.credibility if isinstance(self._event, Fact) else None
        return judged or 6

    def of(self, field: str) -> frozenset[Any]:
        """What it has of a field that subscriptions are filed by."""
        return self.words if field == "words" else self[field]


class Watch(msgspec.Struct, frozen=True, gc=False):
    """An open subscription, as matching needs it."""

    subscription: str
    channel: str
    filter: Filter
    options: tuple[Option, ...]
    opened_position: int
    pacing: Pacing | None = None
    sets: tuple[tuple[str, frozenset[str]], ...] = ()
    """The limits of its filter that are sets of values, worked out once."""
    further: bool = False
    """Whether its filter has limits besides."""
    asks: tuple[object, ...] = ()
    """All by which the answers to two that watch the same keys may differ."""

    def __post_init__(self) -> None:
        wanted = self.filter
        further = bool(
            wanted.corridors or wanted.min_credibility or wanted.min_origins or wanted.words
        )
        asks = (self.first, self.past, wanted.directions, wanted.min_severity)
        msgspec.structs.force_setattr(self, "sets", tuple(_sets(wanted).items()))
        msgspec.structs.force_setattr(self, "further", further)
        msgspec.structs.force_setattr(self, "asks", asks)

    @property
    def first(self) -> bool:
        """Whether it wants to hear of what is known of a key first."""
        return "include-first-knowledge" in self.options

    @property
    def past(self) -> bool:
        """Whether it wants to hear of changes that are over."""
        return "include-past" in self.options

    @property
    def imports(self) -> bool:
        """Whether it wants to hear of what comes with an import."""
        return "include-imports" in self.options

    def fits(self, values: Values) -> bool:
        """Whether an event with these values is within every limit."""
        given = values.sets
        for field, named in self.sets:
            if named.isdisjoint(given.get(field, _NONE)):
                return False
        return not self.further or self._within(values)

    def _within(self, values: Values) -> bool:
        """Whether it is within the limits that are no sets."""
        wanted = self.filter
        if wanted.corridors and not any(
            len(values["corridors"].intersection(way)) > 1 for way in wanted.corridors
        ):
            return False
        if wanted.min_credibility and values.credibility > wanted.min_credibility:
            return False
        if wanted.min_origins and values.origins < wanted.min_origins:
            return False
        return not wanted.words or any(values.words.issuperset(asked(w)) for w in wanted.words)


def watch(opened: Watched, position: int, before: Watch | None = None) -> Watch:
    """The watch that an opening begins, or a change goes on with."""
    return Watch(
        opened.subscription,
        opened.channel,
        opened.filter,
        opened.options,
        before.opened_position if before else position,
        opened.pacing,
    )


def _sets(wanted: Filter) -> dict[str, frozenset[str]]:
    """The limits that are sets; without types it is limited to entry rules."""
    named = {f: frozenset(getattr(wanted, f)) for f in _SETS if getattr(wanted, f)}
    return {"types": frozenset((ENTRY_RULE,)), **named}


def values_of(
    recorded: Recorded, cells: Sequence[Cell], event: Event | None = None, *types: str
) -> Values:
    """What filters can find an event by: its facets, and the entry rules that it touches.

    `event` is what to look at instead of the recorded one, such as what a draft proposes; `types`
    are the types that it has besides.
    """
    event = event or recorded.event
    facets = event.facets() if event else Facets()
    who = {*facets.nationalities, *(c.nationality for c in cells)}
    where = _present(facets.destination, *(c.destination for c in cells))
    reached = _NONE.union(*(reach(n) for n in who))
    named = frozenset((*where, *facets.countries, *(who & COUNTRIES.keys())))
    sets = {
        "types": frozenset((recorded.type, *types, *((ENTRY_RULE,) if cells else ()))),
        "countries": named | (reached & COUNTRIES.keys()),
        "destinations": where,
        "nationalities": reached,
        "parties": frozenset(facets.parties),
        "metrics": _present(facets.metric),
        "policies": _present(facets.policy),
        "entry_rules": frozenset(f"{d}|{n}" for d in where for n in reached),
        "incident_types": _present(getattr(event, "incident_type", None)),
        # A rule for everybody is on every way; those it names are what says something of one.
        "corridors": named,
    }
    return Values(event, sets)


def _present(*values: str | None) -> frozenset[str]:
    return frozenset(v for v in values if v is not None)


@cache
def reach(nationality: str) -> frozenset[str]:
    """The nationalities a filter may name to hear of a rule for a code, a group or everybody."""
    if nationality == "*":
        return frozenset((*COUNTRIES, *GROUPS, "*"))
    members = (code for code in COUNTRIES if nationality in groups_ever(code))
    return frozenset((nationality, "*", *groups_ever(nationality), *members))

"""What subscriptions watch, indexed so that an event is held against few of them.

A filter is a set of limits: AND between its fields, OR within one. A subscription is filed, for
each type that it names, under the limit that the fewest others share, so the cost of an event
follows its matches.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

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
from tracker.domain.subscription import Option, SubscriptionOpened, Watched

_Key = tuple[str, str, object]
"""A type of event, the field that a subscription is filed by, and its value."""
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


class _File(NamedTuple):
    """What is filed under one key: those that an event with it fits, and those yet to be asked."""

    sure: dict[str, Watch]
    unsure: dict[str, Watch]


class Index:
    """The open subscriptions, each filed under the limit that the fewest name."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, dict[object, _File]]] = {}
        self._filed: dict[str, tuple[Watch, list[_Key]]] = {}
        self._named: Counter[_Key] = Counter()
        self._optional: dict[Option, dict[str, Watch]] = {}

    def __len__(self) -> int:
        return len(self._filed)

    def get(self, subscription: str) -> Watch | None:
        """An open subscription by its id."""
        found = self._filed.get(subscription)
        return found and found[0]

    def with_option(self, option: Option) -> list[Watch]:
        """The open subscriptions with an option, in one order."""
        return sorted(self._optional.get(option, {}).values(), key=lambda w: w.subscription)

    def names_type(self, name: str) -> bool:
        """Whether an open subscription may name a type; one that was closed counts too."""
        return self._named[name, "types", name] > 0

    def follow(self, event: Watched, position: int) -> None:
        """Begin to watch, or go on with what is watched now."""
        before = None if isinstance(event, SubscriptionOpened) else self.get(event.subscription)
        if before:
            self.close(event.subscription)
        self.open(watch(event, position, before))

    def open(self, new: Watch) -> None:
        """Begin to watch."""
        types = sorted(new.sets[0][1])
        choices = [
            (_choice(types, field, values), met) for field, values, met in _choices(new, types)
        ]
        for keys, _ in choices:
            self._named.update(keys)
        keys, met = min(choices, key=lambda choice: sum(self._named[k] for k in choice[0]))
        self._filed[new.subscription] = (new, keys)
        sure = not new.further and all(field in met for field, _ in new.sets[1:])
        for name, field, value in keys:
            by_value = self._files.setdefault(name, {}).setdefault(field, {})
            file = by_value.get(value) or by_value.setdefault(value, _File({}, {}))
            (file.sure if sure else file.unsure)[new.subscription] = new
        for option in new.options:
            self._optional.setdefault(option, {})[new.subscription] = new

    def close(self, subscription: str) -> None:
        """Watch no more."""
        if subscription not in self._filed:
            return
        gone, keys = self._filed.pop(subscription)
        for name, field, value in keys:
            by_value = self._files[name][field]
            file = by_value[value]
            file.sure.pop(subscription, None)
            file.unsure.pop(subscription, None)
            if not (file.sure or file.unsure):
                del by_value[value]
        for option in gone.options:
            del self._optional[option][subscription]

    def fitting(self, values: Values) -> list[Watch]:
        """The watches whose every limit an event with these values is within, in any order."""
        found: dict[str, Watch] = {}
        unsure: dict[str, Watch] = {}
        for name in values["types"]:
            for field, by_value in self._files.get(name, {}).items():
                for value in (values.of(field) & by_value.keys()) if by_value else ():
                    file = by_value[value]
                    found.update(file.sure)
                    unsure.update(file.unsure)
        found.update({name: filed for name, filed in unsure.items() if filed.fits(values)})
        return list(found.values())


def _choice(types: Sequence[str], field: str, values: Iterable[object]) -> list[_Key]:
    """The keys of a choice, each once; whoever limits nothing but types is filed under its type."""
    if field == "types":
        return [(name, field, name) for name in types]
    return [(name, field, value) for value in dict.fromkeys(values) for name in types]


def _choices(
    new: Watch, types: Sequence[str]
) -> Iterator[tuple[str, Iterable[object], Sequence[str]]]:
    """Under what a subscription can be filed: for each limit, all that may lead to it.

    Beside it stand the limits that an event is within which leads there.
    """
    for field, wanted in new.sets:
        yield field, types if field == "types" else sorted(wanted), (field,)
    limits = new.filter
    if limits.destinations and limits.nationalities:
        # Few share both.
        pairs = [f"{d}|{n}" for d in limits.destinations for n in limits.nationalities]
        yield "entry_rules", pairs, ("destinations", "nationalities")
    if limits.corridors:
        yield "corridors", sorted({c for way in limits.corridors for c in way}), ()
    if limits.words:
        yield "words", [max(asked(text), default=0) for text in limits.words], ()

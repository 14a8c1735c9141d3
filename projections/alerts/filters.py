"""What subscriptions watch, indexed so that an event is held against few of them.

A filter is a set of limits: AND between its fields, OR within one. A subscription is filed under
the limit that the fewest others share, so the cost of an event follows its matches.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from projections.regimes import Cell
from tracker.domain.base import Facets, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import GROUPS, groups_ever
from tracker.domain.subscription import Filter, Option, SubscriptionOpened

ENTRY_RULE = "entry-rule"
"""Stands in for a type: what touches an entry rule, watched where a filter names no types."""

Values = Mapping[str, frozenset[str]]
"""Field of a filter → the values of it that an event satisfies."""
_Value = tuple[str, str]
_NONE = frozenset[str]()


class Watch(msgspec.Struct, frozen=True):
    """An open subscription, as matching needs it."""

    subscription: str
    channel: str
    filter: Filter
    options: tuple[Option, ...]
    opened_position: int

    def fits(self, values: Values) -> bool:
        """Whether an event with these values is within every limit."""
        return all(not values[f].isdisjoint(wanted) for f, wanted in limits(self.filter).items())


def watch(opened: SubscriptionOpened, position: int) -> Watch:
    """The watch that an opening begins."""
    return Watch(opened.subscription, opened.channel, opened.filter, opened.options, position)


def limits(wanted: Filter) -> dict[str, tuple[str, ...]]:
    """The fields of a filter that limit it; without types it is limited to entry rules."""
    named = {f: getattr(wanted, f) for f in wanted.__struct_fields__ if getattr(wanted, f)}
    return {"types": (ENTRY_RULE,), **named}


def values_of(recorded: Recorded, cells: Iterable[Cell]) -> dict[str, frozenset[str]]:
    """What filters can find an event by: its facets, and the entry rules that it touches."""
    facets = recorded.event.facets() if recorded.event else Facets()
    rules = tuple(cells)
    who = {*facets.nationalities, *(c.nationality for c in rules)}
    where = _present(facets.destination, *(c.destination for c in rules))
    reached = _NONE.union(*(reach(n) for n in who))
    return {
        "types": frozenset((recorded.type, ENTRY_RULE) if rules else (recorded.type,)),
        "countries": where | frozenset(facets.countries) | (reached & COUNTRIES.keys()),
        "destinations": where,
        "nationalities": reached,
        "parties": frozenset(facets.parties),
        "metrics": _present(facets.metric),
        "policies": _present(facets.policy),
    }


def _present(*values: str | None) -> frozenset[str]:
    return frozenset(v for v in values if v is not None)


@cache
def reach(nationality: str) -> frozenset[str]:
    """The nationalities a filter may name to hear of a rule for a code, a group or everybody."""
    if nationality == "*":
        return frozenset((*COUNTRIES, *GROUPS, "*"))
    members = (code for code in COUNTRIES if nationality in groups_ever(code))
    return frozenset((nationality, "*", *groups_ever(nationality), *members))


class Index:
    """The open subscriptions, each filed under the limit that the fewest name."""

    def __init__(self) -> None:
        self._files: dict[_Value, dict[str, Watch]] = {}
        self._filed: dict[str, list[_Value]] = {}
        self._named: Counter[_Value] = Counter()

    def __len__(self) -> int:
        return len(self._filed)

    def open(self, new: Watch) -> None:
        """Begin to watch."""
        choices = [[(f, v) for v in wanted] for f, wanted in _keyed(limits(new.filter)).items()]
        for keys in choices:
            self._named.update(keys)
        keys = min(choices, key=lambda keys: sum(self._named[k] for k in keys))
        self._filed[new.subscription] = keys
        for key in keys:
            self._files.setdefault(key, {})[new.subscription] = new

    def close(self, subscription: str) -> None:
        """Watch no more."""
        for key in self._filed.pop(subscription, ()):
            del self._files[key][subscription]
            if not self._files[key]:
                del self._files[key]

    def fitting(self, values: Values) -> list[Watch]:
        """The watches whose every limit an event with these values is within, in one order."""
        found: dict[str, Watch] = {}
        for field, present in _keyed(values).items():
            for value in present:
                found.update(self._files.get((field, value), {}))
        return [found[s] for s in sorted(found) if found[s].fits(values)]


def _keyed(values: Mapping[str, Iterable[str]]) -> dict[str, Iterable[str]]:
    """The fields, and destination with nationality as one: few share both."""
    where, who = values.get("destinations", ()), values.get("nationalities", ())
    keys = [f"{d} {n}" for d in where for n in who]
    return {"key": keys, **values} if keys else dict(values)

"""The open subscriptions, indexed so that an event is held against few of them.

    type of event → field → value → who is filed there: all who ask the same, as one

Who asks the same is filed, for each type that is named, under the limit that the fewest others
share, so the cost of an event follows its matches.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from projections.alerts.filters import Values, Watch, watch
from projections.search import asked
from tracker.domain.subscription import Option, SubscriptionOpened, Watched

_Key = tuple[str, str, object]
"""A type of event, the field that a subscription is filed by, and its value."""


class Alike(NamedTuple):
    """The subscriptions with one filter that get one answer, by their ids; `example` is any."""

    example: Watch
    watches: dict[str, Watch]
    keys: list[_Key]


class _File(NamedTuple):
    """What is filed under one key: those that an event with it fits, and those yet to be asked."""

    sure: dict[int, Alike]
    unsure: dict[int, Alike]


class Index:
    """The open subscriptions, each filed under the limit that the fewest name."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, dict[object, _File]]] = {}
        self._filed: dict[str, Watch] = {}
        self._alike: dict[object, Alike] = {}
        self._named: Counter[_Key] = Counter()
        self._optional: dict[Option, dict[str, Watch]] = {}

    def __len__(self) -> int:
        return len(self._filed)

    def get(self, subscription: str) -> Watch | None:
        """An open subscription by its id."""
        return self._filed.get(subscription)

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
        alike = self._alike.get((new.filter, new.asks))
        if alike is None:
            alike = self._alike[new.filter, new.asks] = self._file(new)
        alike.watches[new.subscription] = self._filed[new.subscription] = new
        for option in new.options:
            self._optional.setdefault(option, {})[new.subscription] = new

    def _file(self, new: Watch) -> Alike:
        types = sorted(new.sets[0][1])
        choices = [
            (_choice(types, field, values), met) for field, values, met in _choices(new, types)
        ]
        for keys, _ in choices:
            self._named.update(keys)
        keys, met = min(choices, key=lambda choice: sum(self._named[k] for k in choice[0]))
        alike = Alike(new, {}, keys)
        sure = not new.further and all(field in met for field, _ in new.sets[1:])
        for name, field, value in keys:
            by_value = self._files.setdefault(name, {}).setdefault(field, {})
            file = by_value.get(value) or by_value.setdefault(value, _File({}, {}))
            (file.sure if sure else file.unsure)[id(alike)] = alike
        return alike

    def close(self, subscription: str) -> None:
        """Watch no more."""
        if subscription not in self._filed:
            return
        gone = self._filed.pop(subscription)
        for option in gone.options:
            del self._optional[option][subscription]
        alike = self._alike[gone.filter, gone.asks]
        del alike.watches[subscription]
        if alike.watches:
            return
        del self._alike[gone.filter, gone.asks]
        for name, field, value in alike.keys:
            by_value = self._files[name][field]
            file = by_value[value]
            file.sure.pop(id(alike), None)
            file.unsure.pop(id(alike), None)
            if not (file.sure or file.unsure):
                del by_value[value]

    def fitting(self, values: Values) -> list[Watch]:
        """The watches whose every limit an event with these values is within, in any order."""
        return [watching for alike in self.alike(values) for watching in alike.watches.values()]

    def alike(self, values: Values) -> list[Alike]:
        """The same, together with whoever asks the same."""
        found: dict[int, Alike] = {}
        unsure: dict[int, Alike] = {}
        for name in values["types"]:
            for field, by_value in self._files.get(name, {}).items():
                for value in (values.of(field) & by_value.keys()) if by_value else ():
                    file = by_value[value]
                    found.update(file.sure)
                    unsure.update(file.unsure)
        found.update({key: one for key, one in unsure.items() if one.example.fits(values)})
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

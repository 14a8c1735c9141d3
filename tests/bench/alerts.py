"""Alerts: one event against a hundred thousand subscriptions, and the whole way into the outbox."""

import asyncio
import random
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple
from uuid import uuid4

import uvloop

from projections.alerts.filters import Watch
from projections.alerts.index import Index
from projections.alerts.match import owed
from projections.alerts.matcher import Matcher
from projections.alerts.reasons import Rules
from projections.regimes import selectors
from projections.rows import Rows
from projections.views.entry_rules import VIEW, EntryFact
from tests.bench.row import Row
from tests.bench.rules import p99
from tests.bench.ruleset import PLACES, events, recorded
from tests.bench.work import ACTOR, folding, opened, role
from tracker.clock import system_clock
from tracker.domain.base import NewEvent, Recorded
from tracker.domain.filter import Filter
from tracker.domain.subscription import SubscriptionOpened
from tracker.embedded import Embedded
from tracker.log.append import Appender

SUBSCRIPTIONS = 100_000
_FACTS, _MATCHED = 40_000, 4_000
_WHOLE_WAY, _ROUNDS, _AT_ONCE, _WATCHING = 4_000, 3, 500, 5_000


def filters(count: int) -> Iterator[Filter]:
    """What so many people watch: mostly a few ways into a few countries."""
    chance = random.Random(7)

    def some(most: int) -> tuple[str, ...]:
        return tuple(chance.sample(PLACES, chance.randint(1, most)))

    for _ in range(count):
        kind = chance.random()
        if kind < 0.7:
            yield Filter(destinations=some(3), nationalities=some(2))
        elif kind < 0.8:
            yield Filter(entry_rules=tuple(f"{d}|{n}" for d, n in pairwise(some(4) + some(1))))
        elif kind < 0.85:
            yield Filter(countries=some(1), min_severity=4)
        elif kind < 0.9:
            yield Filter(types=("conflict",), metrics=("border-entries",), countries=some(2))
        elif kind < 0.95:
            yield Filter(types=("statement-made",), parties=(str(uuid4()),))
        else:
            yield Filter(types=("incident-reported",), corridors=(some(3) + some(3),))


def _background() -> tuple[list[Recorded], dict[tuple[str, str], list[EntryFact]]]:
    """The latest of many events, and all facts by their key."""
    rows, log = Rows(whole=True), [recorded(new, i) for i, new in enumerate(events(_FACTS), 1)]
    for one in log:
        rows.fold(VIEW, one)
    keyed: dict[tuple[str, str], list[EntryFact]] = {}
    for row in rows.of(EntryFact):
        keyed.setdefault((row.destination, row.nationality), []).append(row)
    return log[-_MATCHED:], keyed


class _Taken(NamedTuple):
    """What one event took, in seconds, and how many alerts it made owed."""

    seconds: float
    alerts: int


def matching() -> dict[str, list[_Taken]]:
    """What each event takes, by whom its rule is for."""
    index = Index()
    for number, wanted in enumerate(filters(SUBSCRIPTIONS)):
        index.open(Watch(f"{number:06}", "c", wanted, (), 0))
    log, keyed = _background()
    by_position: dict[int, list[EntryFact]] = {}
    by_place: dict[str, list[EntryFact]] = {}
    for row in (row for rows in keyed.values() for row in rows):
        by_position.setdefault(row.known_from, []).append(row)
        by_place.setdefault(row.destination, []).append(row)
    taken: dict[str, list[_Taken]] = {"country": [], "many": []}
    for one in log:
        touched = by_position.get(one.position, [])
        keys = {(r.destination, n): None for r in touched for n in selectors(r.nationality)}
        many = any(r.nationality not in PLACES for r in touched)
        if many:
            facts = [row for r in touched for row in by_place[r.destination]]
        else:
            facts = [row for key in keys for row in keyed.get(key, ())]
        rules = Rules(tuple(touched), tuple(facts))
        started = time.perf_counter()
        found = owed(one, index, rules)
        seconds = time.perf_counter() - started
        taken["many" if many else "country"].append(_Taken(seconds, len(found)))
    return taken


def _by_matches(taken: list[_Taken]) -> Iterator[Row]:
    """What one event takes by how many alerts it makes owed, and what each of many costs."""
    least = 0
    for most in (100, 1_000):
        some = [one for one in taken if least <= one.alerts <= most]
        what = f"one event that owes {least:,} to {most:,} alerts, p99 (of {len(some):,} events)"
        yield Row.of("alerts", what, p99([one.seconds for one in some]), "ms")
        least = most + 1
    # They are too few for a p99.
    many = [one.seconds / one.alerts for one in taken if one.alerts >= least]
    what = f"one that owes more, for each alert, median (of {len(many):,} events)"
    yield Row.of("alerts", what, sorted(many)[len(many) // 2] * 1e6, "µs")


def _who(new: NewEvent) -> str:
    rule = getattr(new.event, "rule", None)
    return rule.nationalities[0] if rule else ""


async def _whole_way(server: Embedded) -> tuple[float, float]:
    """Events a second that are appended, matched and stored as owed; and with the views' folding."""
    name = "bench_alerts"
    database = await opened(server, name)
    try:
        async with (
            folding(server, name) as runner,
            role(server, name, "tracker_deliver") as deliver,
        ):
            await runner.prepare()
            appender = Appender(database)
            watching = [
                NewEvent(
                    uuid4(),
                    SubscriptionOpened(
                        subscription=str(uuid4()), owner="o", channel=str(uuid4()), filter=wanted
                    ),
                )
                for wanted in filters(_WATCHING)
            ]
            await appender.append(watching, ACTOR, uuid4())
            matcher, rates = (
                Matcher(deliver, system_clock, asyncio.Event()),
                list[tuple[float, float]](),
            )
            await matcher.catch_up()
            for number in range(_ROUNDS):
                drawn = events(2 * _WHOLE_WAY, seed=number)
                new = [one for one in drawn if _who(one) in PLACES][:_WHOLE_WAY]
                started, folded = time.perf_counter(), 0.0
                for low in range(0, len(new), _AT_ONCE):
                    await appender.append(new[low : low + _AT_ONCE], ACTOR, uuid4())
                    before = time.perf_counter()
                    await runner.catch_up()
                    folded += time.perf_counter() - before
                    await matcher.catch_up()
                taken = time.perf_counter() - started
                rates.append((_WHOLE_WAY / (taken - folded), _WHOLE_WAY / taken))
            return sorted(rates)[_ROUNDS // 2]
    finally:
        await database.close()


def rows(server: Embedded) -> Iterator[Row]:
    """Matching, and what becomes of an event until it is owed."""
    found = matching()
    against = f"one event against {SUBSCRIPTIONS:,} subscriptions, p99"
    for who, said in (("country", ""), ("many", ", for a group or everybody")):
        owed = sorted(one.alerts for one in found[who])
        owing = f"{owed[len(owed) // 2]:,} alerts owed at the median, {owed[-1]:,} at most"
        its = p99([one.seconds for one in found[who]])
        yield Row.of("alerts", f"{against}{said} ({owing})", its, "ms")
    yield from _by_matches([one for some in found.values() for one in some])
    without, with_views = uvloop.run(_whole_way(server))
    yield Row.of("alerts", "event + match + outbox, one process", without, "events/s")
    yield Row.of("alerts", "the same and all views, one process", with_views, "events/s")

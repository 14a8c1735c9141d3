"""The workload of entry rules: some facts a key, half of the keys a country's own, from one seed."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from tests.bench.work import ACTOR
from tracker.domain.base import NewEvent, Recorded
from tracker.domain.countries import COUNTRIES
from tracker.domain.groups import GROUPS
from tracker.domain.policy import EntryRule, PolicyChanged, PolicyFact, PolicyObserved
from tracker.domain.values import Regime, instant_text

EACH = 10
PLACES = tuple(sorted(COUNTRIES)[:199])
SPREAD = tuple(random.Random(0).sample(PLACES, len(PLACES)))
"""The places that fewer of them are taken from, the first first."""
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
_FIRST = date(2005, 1, 1)
_SPAN = 365 * 21
_REGIMES: tuple[Regime, ...] = (
    "visa-free", "visa-required", "e-visa", "visa-on-arrival", "eta", "visa-free-suspended",
    "entry-ban",
)  # fmt: skip
_PASSPORTS = (None, "ordinary", "diplomatic", "service")
_PURPOSES = (None, "tourism", "business", "transit")
_LEVELS = (("code", 0.50), ("group", 0.12), ("any", 0.03), ("observed", 0.35))
_NEARLY = 0.95
"""So much of what a level has is drawn at most: the last few would take most of the draws."""


class Key(NamedTuple):
    """What each of its facts is about."""

    destination: str
    nationality: str
    passport_type: str | None
    purpose: str | None
    observed: bool


def keys(count: int, chance: random.Random, places: int = len(PLACES)) -> list[Key]:
    """So many different keys; three in four name neither passport nor purpose, while there are such.

    A level that has not as many as its share asks for gives nearly all that it has, and those of
    codes and observations make up for the rest: a million keys are most of all that there are.
    """
    found: dict[Key, None] = {}
    for level, wanted in _wanted(count, places).items():
        until = len(found) + wanted
        while len(found) < until:
            found[_key(level, chance, places)] = None
    return list(found)


def _wanted(count: int, places: int) -> dict[str, int]:
    """How many keys of each level."""
    shares = {level: round(count * share) for level, share in _LEVELS}
    pairs = places * (places - 1)
    there = {"code": pairs, "group": places * len(GROUPS), "any": places, "observed": pairs}
    most = {
        level: int(_NEARLY * number * len(_PASSPORTS) * len(_PURPOSES))
        for level, number in there.items()
    }
    found = {level: min(share, most[level]) for level, share in shares.items()}
    for level in ("code", "observed"):
        left = sum(shares.values()) - sum(found.values())
        found[level] = min(found[level] + left, most[level])
    if sum(found.values()) < sum(shares.values()):
        raise ValueError(f"{places} places have no {count} keys")
    return found


def _key(level: str, chance: random.Random, places: int) -> Key:
    destination, nationality = chance.sample(SPREAD[:places], 2)
    if level == "group":
        nationality = chance.choice(GROUPS)
    elif level == "any":
        nationality = "*"
    loose = level in ("code", "observed") and chance.random() < 0.75
    passport = None if loose else chance.choice(_PASSPORTS)
    purpose = None if loose else chance.choice(_PURPOSES)
    return Key(destination, nationality, passport, purpose, level == "observed")


def events(
    count: int, seed: int = 1, places: int = len(PLACES), each: int = EACH
) -> Iterator[NewEvent]:
    """So many events, `each` a key, the keys mixed; a tenth ends, a twentieth replaces another."""
    chance = random.Random(seed)
    policies = [
        (key, _days(chance, each), UUID(int=chance.getrandbits(128), version=4))
        for key in keys(count // each, chance, places)
    ]
    last: dict[UUID, str] = {}
    for turn in range(each):
        chance.shuffle(policies)
        for key, days, policy in policies:
            new = UUID(int=chance.getrandbits(128), version=4)
            replaces = (last[policy],) if turn and chance.random() < 0.05 else ()
            last[policy] = str(new)
            yield NewEvent(new, _fact(key, days[turn], str(policy), replaces, chance))


def _days(chance: random.Random, each: int) -> list[date]:
    """The starts of the facts of a key: rising, but for one in ten."""
    offsets = sorted(chance.sample(range(_SPAN), each))
    if chance.random() < 0.1:
        chance.shuffle(offsets)
    return [_FIRST + timedelta(days=offset) for offset in offsets]


def _fact(
    key: Key, day: date, policy: str, replaces: tuple[str, ...], chance: random.Random
) -> PolicyFact:
    rule = EntryRule(
        nationalities=(key.nationality,),
        regime=chance.choice(_REGIMES),
        passport_type=key.passport_type,  # pyright: ignore[reportArgumentType]  one of ours
        purpose=key.purpose,  # pyright: ignore[reportArgumentType]
    )
    announced = day - timedelta(days=chance.randrange(60))
    known = instant_text(datetime(announced.year, announced.month, announced.day, tzinfo=UTC))
    if key.observed:
        return PolicyObserved(
            jurisdiction=key.destination, kind="entry", policy=policy, rule=rule,
            observed_on=day.isoformat(), known_since=known, first_hand="measured",
            replaces=replaces,
        )  # fmt: skip
    ends = (day + timedelta(days=90)).isoformat() if chance.random() < 0.1 else None
    return PolicyChanged(
        jurisdiction=key.destination, kind="entry", policy=policy, rule=rule, action="amended",
        effective_basis="stated", effective_from=day.isoformat(), effective_to=ends,
        announced_on=announced.isoformat(), known_since=known, first_hand="measured",
        replaces=replaces,
    )  # fmt: skip


def recorded(new: NewEvent, position: int) -> Recorded:
    """The event as the log would hand it over."""
    return Recorded(
        position=position,
        id=new.id,
        type=new.event.type,
        schema_version=1,
        recorded_at=BEGIN + timedelta(seconds=position),
        actor=ACTOR,
        correlation_id=new.id,
        causation_id=None,
        tags=(),
        event=new.event,
    )

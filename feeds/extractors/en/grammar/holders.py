"""People whom news names without their office, and the terms in which they held it."""

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec


class Holder(msgspec.Struct, frozen=True):
    """Somebody in an office for a time; no country where the office is of several."""

    name: str
    country: str | None
    office: str
    since: date
    until: date


@cache
def _holders() -> tuple[dict[str, list[Holder]], dict[str, list[Holder]]]:
    """The terms of each person by full name and by the last word of it."""
    text = files("feeds.extractors.en").joinpath("data/holders.tsv").read_text("utf-8")
    full: dict[str, list[Holder]] = {}
    last: dict[str, list[Holder]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        country, names, office, since, until = line.split("\t")
        spellings = names.split(";")
        holder = Holder(
            spellings[0],
            None if country == "-" else country,
            office,
            date.fromisoformat(since),
            date.fromisoformat(until) if until else date.max,
        )
        for name in spellings:
            full.setdefault(name, []).append(holder)
        for surname in {name.split()[-1] for name in spellings}:
            last.setdefault(surname, []).append(holder)
    return full, last


def holder(name: str, day: date | None) -> Holder | None:
    """The office that a person of this full name held on a day; without a day, their last one."""
    return _on(_holders()[0].get(name, []), day)


def titled(surname: str, day: date | None) -> Holder | None:
    """Whom "Mr" before a surname means, if only one of the people known fits the day."""
    terms = _holders()[1].get(surname, [])
    fitting = [t for t in terms if day is None or t.since <= day <= t.until]
    return fitting[-1] if len({t.name for t in fitting}) == 1 else None


def _on(terms: list[Holder], day: date | None) -> Holder | None:
    fitting = [t for t in terms if day is None or t.since <= day <= t.until]
    return fitting[-1] if fitting else None

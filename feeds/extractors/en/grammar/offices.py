"""Public bodies known by name, alone or with somebody who speaks for them."""

import re
from functools import cache
from importlib.resources import files

import msgspec

from feeds.extractors.en.grammar.people import NAME

_SPEAKS = (
    r"(?i:(?:(?:deputy|chief|senior|acting|regional|principal|assistant|human\s+rights|refugee|migration|humanitarian)\s+){0,2}(?:spokes(?:person|man|woman|people)"
    r"|officials?|authorities|officers?|chief|director(?:[-\s]general)?|head|commissioner|secretary(?:[-\s]general)?|envoy|president|minister"
    r"|high\s+commissioner|representative|attach[ée]|leaders?"
    r"|agents?|press\s+secretary|(?:border\s+)?czar|foreign\s+policy\s+chief"
    r"|high\s+representative|ambassador|special\s+rapporteur))"
)


class Office(msgspec.Struct, frozen=True):
    """A public body with the name that is kept for it; no country where it is of several."""

    name: str
    country: str | None


@cache
def offices() -> dict[str, Office]:
    """Every known spelling and the body that it names."""
    text = files("feeds.extractors.en").joinpath("data/offices.tsv").read_text("utf-8")
    found: dict[str, Office] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        country, name, *others = line.split("\t")
        office = Office(name, None if country == "-" else country)
        for spelling in (name, *(others[0].split(";") if others else ())):
            found[spelling] = office
    return found


class Spoken(msgspec.Struct, frozen=True):
    """An office found in a text, the role of whoever speaks for it, and a name if one is given."""

    office: Office
    start: int
    end: int
    office_at: tuple[int, int]
    role: str | None = None
    role_at: tuple[int, int] | None = None
    name: str | None = None


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(n) for n in sorted(offices(), key=lambda n: (-len(n), n)))
    office = rf"(?P<office{{0}}>{names})(?![\w-])"
    return re.compile(
        rf"(?<![\w.-])(?<!['’]s Federal )(?:(?:[Aa]n?|[Tt]he)\s+(?:(?:senior|top|high-ranking)\s+)?)?(?:"
        # "a spokesman for the Home Office", "the head of Frontex"
        rf"(?P<role1>{_SPEAKS})\s+(?:for|of|at|with|in)\s+(?:the\s+)?{office.format(1)}"
        # "State Department spokesman Ned Price", "a Home Office official"
        rf"|{office.format(2)}(?:['’]s)?\s+(?P<role2>{_SPEAKS})(?:(?:\s+|,\s+(?={NAME},))(?P<name>{NAME}))?"
        # "the IOM's Leonard Doyle"
        rf"|{office.format(4)}['’]s\s+(?P<name4>{NAME})"
        rf"|{office.format(3)})(?![\w-])"
    )


def spoken(text: str, start: int, end: int) -> list[Spoken]:
    """The offices named between two offsets, longest reading first."""
    found: list[Spoken] = []
    for match in _pattern().finditer(text, start, end):
        which = next(n for n in ("1", "2", "3", "4") if match[f"office{n}"])
        role = f"role{which}" if which in ("1", "2") else None
        found.append(
            Spoken(
                offices()[match[f"office{which}"]],
                match.start(),
                match.end(),
                match.span(f"office{which}"),
                match[role] if role else None,
                match.span(role) if role else None,
                match["name"] or match["name4"],
            )
        )
    return found

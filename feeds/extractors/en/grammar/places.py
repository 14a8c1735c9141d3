"""Countries, groups and nationalities as English text names them."""

import re
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from tracker.domain.countries import COUNTRIES

Kind = Literal["name", "adjective"]
# These stand before a noun as they are ("U.S. government"), where others take an adjective.
_UNINFLECTED = frozenset({"U.S.", "US", "USA", "U.S.A.", "UK", "U.K.", "UAE", "U.A.E.", "EU",
                          "E.U.", "GCC", "ASEAN", "Schengen", "Hong Kong", "New Zealand"})  # fmt: skip


class Place(msgspec.Struct, frozen=True):
    """A country or group named in a text, with the offsets of the name."""

    code: str
    kind: Kind
    start: int
    end: int

    @property
    def is_country(self) -> bool:
        """Whether it is one country and not a group of them."""
        return self.code in COUNTRIES


class _Entry(msgspec.Struct, frozen=True):
    """What one spelling in the gazetteer means, and when it may be trusted."""

    code: str
    kind: Kind
    check: str


@cache
def _gazetteer() -> tuple[dict[str, _Entry], dict[str, str]]:
    """Every known spelling, and the first name of each code."""
    text = files("feeds.extractors.en").joinpath("data/places.tsv").read_text("utf-8")
    entries: dict[str, _Entry] = {}
    first: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        code, names, adjectives, check = line.split("\t")
        for name in filter(None, names.split(";")):
            entries[name] = _Entry(code, "name", check)
            first.setdefault(code, name)
        for adjective in filter(None, adjectives.split(";")):
            # "Georgian" and "Chadian" say which country is meant; only the names are ambiguous.
            entries[adjective] = _Entry(code, "adjective", "")
            if not adjective.endswith(("ese", "ish", "ss", "s", "ch")):
                entries.setdefault(f"{adjective}s", _Entry(code, "adjective", ""))
    return entries, first


@cache
def pattern_text() -> str:
    """All spellings as one alternation, longest first, for use inside other patterns."""
    return "|".join(re.escape(n) for n in sorted(_gazetteer()[0], key=lambda n: (-len(n), n)))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-])(?:{pattern_text()})(?![\w-])")


def name_of(code: str) -> str:
    """The name by which text calls a code."""
    return _gazetteer()[1].get(code, code)


def is_uninflected(spelling: str) -> bool:
    """Whether a name stands before a noun unchanged, as in "U.S. government"."""
    return spelling in _UNINFLECTED


def places(text: str, start: int, end: int) -> list[Place]:
    """The countries and groups named between two offsets, ambiguous ones only when settled."""
    entries = _gazetteer()[0]
    found: list[Place] = []
    for match in _pattern().finditer(text, start, end):
        entry = entries[match[0]]
        if entry.code != "-" and _holds(entry.check, text, match):
            found.append(Place(entry.code, entry.kind, match.start(), match.end()))
    return found


def place_at(text: str, start: int, end: int) -> Place | None:
    """The place whose name fills exactly these offsets."""
    found = places(text, start, end)
    return found[0] if found and (found[0].start, found[0].end) == (start, end) else None


_CAPITALISED_BEFORE = re.compile(r"[A-Z][\w’'-]+\s+$")
_CAPITALISED_AFTER = re.compile(r"\s+[A-Z][a-z]")


def _holds(check: str, text: str, match: re.Match[str]) -> bool:
    if check == "alone":
        before = _CAPITALISED_BEFORE.search(text, max(0, match.start() - 30), match.start())
        return before is None and _CAPITALISED_AFTER.match(text, match.end()) is None
    if check.startswith("with:"):
        named = any(word in text for word in check[5:].split(","))
        return named or _listed(text, match)
    return True


_BEFORE_IN_LIST = re.compile(r"(?P<name>[A-Z][\w’'. -]{2,25}?)(?:,|,?\s+and)\s+(?:the\s+)?$")
_AFTER_IN_LIST = re.compile(
    r"(?:,|,?\s+and)\s+(?:the\s+)?(?P<name>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)?)"
)


def _listed(text: str, match: re.Match[str]) -> bool:
    """Whether another country stands beside the name in a list: "Armenia, Georgia and Turkey"."""
    before = _BEFORE_IN_LIST.search(text, max(0, match.start() - 40), match.start())
    after = _AFTER_IN_LIST.match(text, match.end())
    return any(_sure(beside["name"]) for beside in (before, after) if beside)


def _sure(name: str) -> bool:
    """Whether the words, or the last of them, are a name that means one country and no other."""
    entries = _gazetteer()[0]
    found = entries.get(name) or entries.get(name.split()[-1])
    return found is not None and found.code != "-" and found.kind == "name" and not found.check

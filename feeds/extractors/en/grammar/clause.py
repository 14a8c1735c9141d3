"""What a clause that tells an act with its people is made of."""

import re

import msgspec

from feeds.extractors.en.grammar.measures import Outcome


class Clause(msgspec.Struct, frozen=True):
    """A way to tell an act with its people between fixed words."""

    name: str
    title: str
    pattern: re.Pattern[str]
    outcome: Outcome
    kind: str = "entry"
    passive: bool = False
    about: str | None = None
    strict: bool = True
    cues: tuple[str, ...] = ()
    """Of these words a sentence must hold one, which is looked up faster than the pattern."""
    bare: bool = False
    """Whether the people are named by their countries alone: "adds Chad to its travel ban"."""


def pattern(text: str) -> re.Pattern[str]:
    """The words of a clause, in any case."""
    return re.compile(text, re.IGNORECASE)

"""A row or a column of the table of entry rules: whole answers, from facts, on either clock."""

from collections.abc import Iterable

from projections.answers import Answer, answer
from projections.questions import ANYBODY, Holder, Sighting
from projections.regimes import selectors
from projections.views.entry_rules import EntryFact
from tracker.domain.countries import COUNTRIES


def row(
    facts: Iterable[EntryFact], destination: str, sighting: Sighting, holder: Holder = ANYBODY
) -> list[Answer]:
    """The answers for every nationality that facts of a destination concern.

    A fact about a group or about everybody concerns each of them.
    """
    by_selector: dict[str, list[EntryFact]] = {}
    for fact in facts:
        by_selector.setdefault(fact.nationality, []).append(fact)
    found: list[Answer] = []
    for code in COUNTRIES:
        concerned = [f for s in selectors(code) for f in by_selector.get(s, ())]
        if concerned and code != destination:
            cell = holder.cell(destination, code)
            found.append(answer(concerned, cell, sighting.valid_at, sighting.known))
    return found


def column(
    facts: Iterable[EntryFact], nationality: str, sighting: Sighting, holder: Holder = ANYBODY
) -> list[Answer]:
    """The answers for every destination that has facts about a nationality."""
    by_destination: dict[str, list[EntryFact]] = {}
    for fact in facts:
        by_destination.setdefault(fact.destination, []).append(fact)
    return [
        answer(found, holder.cell(place, nationality), sighting.valid_at, sighting.known)
        for place, found in sorted(by_destination.items())
    ]

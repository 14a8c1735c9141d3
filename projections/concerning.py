"""What entry rules are answered from by one statement: facts, and how many drafts wait."""

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from projections import tables
from projections.answers import Answer
from projections.cells import Ruled
from projections.columns import columns
from projections.regimes import Cell, selectors
from projections.views.entry_rules import EntryFact
from tracker.log.database import Database

# The drafts are counted also where there is no fact.
CONCERNING = """
select waiting.drafts, {facts}
from (
    select count(*) as drafts from view.draft
    where status = 'waiting' and destination = %(destination)s
        and nationalities && %(nationalities)s::text[]
) waiting
left join view.entry_fact fact on fact.destination = %(destination)s
    and fact.nationality = any (%(nationalities)s) and fact.passport_type = any (%(passports)s)
    and fact.purpose = any (%(purposes)s) and fact.known_from <= %(position)s
"""


WAITING = """
select destination, nationalities from view.draft
where status = 'waiting'
    and (destination = %(destination)s or nationalities && %(nationalities)s::text[])
"""


class Waiting:
    """The drafts that wait about a destination or a nationality, to be counted by cells."""

    def __init__(self, drafts: Iterable[tuple[str | None, list[str]]]) -> None:
        self._drafts = [(destination, frozenset(who)) for destination, who in drafts]

    def counted(self, rules: Iterable[Answer]) -> list[Ruled]:
        """The answers with how many drafts wait about each."""
        return [
            Ruled(**msgspec.structs.asdict(rule), drafts_waiting=self._about(rule))
            for rule in rules
        ]

    def _about(self, rule: Answer) -> int:
        concerned = selectors(rule.nationality)
        return sum(
            destination == rule.destination and not who.isdisjoint(concerned)
            for destination, who in self._drafts
        )


async def waiting(
    database: Database, *, destination: str | None = None, nationality: str | None = None
) -> Waiting:
    """The drafts that wait about one of them."""
    concerned = list(selectors(nationality)) if nationality else []
    asked = {"destination": destination, "nationalities": concerned}
    return Waiting(await database.fetch(WAITING, asked))


async def concerning(database: Database, cell: Cell, position: int) -> tuple[list[EntryFact], int]:
    """The facts that may concern a cell, as far as the log had them, and its drafts that wait."""
    found = await database.fetch(*asked(cell, position))
    facts = [tables.loaded(EntryFact, values[1:]) for values in found if values[1] is not None]
    return facts, found[0][0]


def asked(cell: Cell, position: int) -> tuple[str, dict[str, Any]]:
    """The statement and its parameters."""
    loose = cell.stated()
    return _statement(), {
        "destination": cell.destination,
        "nationalities": list(selectors(cell.nationality)),
        "passports": loose["passport_type"],
        "purposes": loose["purpose"],
        "position": position,
    }


@cache
def _statement() -> str:
    return CONCERNING.format(facts=", ".join(f"fact.{c.name}" for c in columns(EntryFact)))

"""What one entry rule is answered from, by one statement: its facts, and how many drafts wait."""

from functools import cache
from typing import Any

from projections import tables
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
    return CONCERNING.format(facts=", ".join(f"fact.{c.name}" for c in tables.columns(EntryFact)))

"""How far each view has folded the log, and waiting until it has come far enough."""

import asyncio
from collections.abc import Sequence

import msgspec

from tracker.domain.errors import Unavailable
from tracker.log.database import Database

CHECKPOINTS = "select name, version, position, halted from view.checkpoint order by name"


class Checkpoint(msgspec.Struct, frozen=True):
    """How far a view has come; `halted` says why it stands still."""

    name: str
    version: int
    position: int
    halted: str | None


async def checkpoints(database: Database) -> list[Checkpoint]:
    """How far every view has come."""
    return [Checkpoint(*row) for row in await database.fetch(CHECKPOINTS)]


async def wait_until(database: Database, names: Sequence[str], position: int, wait_s: float) -> int:
    """Wait until views have folded a position; the lowest position then.

    Raises Unavailable where that takes longer than the wait, or where a view stands still.
    """
    deadline = asyncio.get_running_loop().time() + wait_s
    while True:
        known = {c.name: c for c in await checkpoints(database)}
        here = [known[n] for n in names if n in known]
        lowest = min((c.position for c in here), default=0)
        if lowest >= position and len(here) == len(names):
            return lowest
        halted = next((c for c in here if c.halted), None)
        if halted:
            raise Unavailable(f"the view {halted.name} stands still at {halted.halted}")
        if asyncio.get_running_loop().time() > deadline:
            raise Unavailable(f"the views are at {lowest} and not yet at {position}; try again")
        await asyncio.sleep(0.02)

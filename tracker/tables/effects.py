"""Up to when it has been looked which changes take effect; the row outlives every process."""

from datetime import datetime

import msgspec

from tracker.log.database import Database

BEGIN = """
insert into app.effects_through (moment, position) values (%(moment)s, %(position)s)
on conflict (only_row) do nothing
"""
THROUGH = "select moment, position from app.effects_through"
ADVANCE = """
update app.effects_through
set moment = greatest(moment, %(moment)s), position = greatest(position, %(position)s)
"""


class Through(msgspec.Struct, frozen=True):
    """The moment that was looked up to, and the position of the log that was looked at."""

    moment: datetime
    position: int


class EffectsThrough(msgspec.Struct, frozen=True):
    """The durable time up to which changes that take effect are recorded."""

    database: Database

    async def begin(self, now: Through) -> Through:
        """Where to go on; for the first time ever it is here and now."""
        await self.database.run(BEGIN, msgspec.structs.asdict(now))
        return Through(*(await self.database.fetch(THROUGH))[0])

    async def advance(self, to: Through) -> None:
        """Go on from there next time; never backwards, whoever else has looked meanwhile."""
        await self.database.run(ADVANCE, msgspec.structs.asdict(to))

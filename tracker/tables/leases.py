"""Leases: which process does the work that only one may do at a time, until it dies or gives up.

The clock is the database's, so no two processes need to agree on the time. A lease only spares
work: what must never happen twice is kept from it by a condition of its own.
"""

from datetime import timedelta

from tracker.log.database import Database

# One that lasts longer than a lease can was taken before the clock stepped back.
TAKE = """
insert into app.lease as l (name, owner, fence, until)
values (%(name)s, %(owner)s, 1, clock_timestamp() + %(lasts)s::interval)
on conflict (name) do update
    set owner = excluded.owner, until = excluded.until,
        fence = l.fence + (l.owner is distinct from excluded.owner)::int
    where l.owner = excluded.owner or l.until <= clock_timestamp()
        or l.until > clock_timestamp() + 2 * %(lasts)s::interval
returning fence
"""
GIVE_BACK = """
update app.lease set until = clock_timestamp() where name = %(name)s and owner = %(owner)s
"""


class Lease:
    """One name, as one worker of one process competes for it."""

    def __init__(self, database: Database, name: str, owner: str, lasts: timedelta) -> None:
        self._database = database
        self._lasts = lasts
        self.name = name
        self.owner = owner

    async def take(self) -> bool:
        """Take the lease, or hold it longer; False where somebody else has it."""
        named = {"name": self.name, "owner": self.owner, "lasts": self._lasts}
        return bool(await self._database.fetch(TAKE, named))

    async def give_back(self) -> None:
        """Let somebody else have it at once."""
        await self._database.run(GIVE_BACK, {"name": self.name, "owner": self.owner})

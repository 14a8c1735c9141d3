"""What the database says of itself, and of what waits in it for a key or a mail server."""

from datetime import datetime

import msgspec

from tracker.log.database import Database

FOOTING = """
select clock_timestamp(), current_setting('server_version'),
       (select count(*) from app.channel where sealed is not null)
       + (select count(*) from app.feed_access),
       (select count(*) from app.channel where kind = 'email' and closed is null)
"""


class Footing(msgspec.Struct, frozen=True):
    """The database's clock and version; sealed settings, and channels that are mail."""

    at: datetime
    version: str
    sealed: int
    mailed: int


async def footing(database: Database) -> Footing:
    """All of it at once."""
    [row] = await database.fetch(FOOTING)
    return Footing(*row)

"""The lock under which messages are made, by whoever makes them.

It is the matcher's cursor: messages are numbered under it, so that whoever reads on by number misses
none; all that is due goes together, and nothing is sent that is just being dropped.
"""

from tracker.log.database import Connection

LOCK = "select position from alert.cursor where name = 'matcher' for update"


async def locked(connection: Connection) -> int:
    """How far events were matched; nobody else makes messages until the transaction ends."""
    (position,) = await (await connection.execute(LOCK)).fetchone() or (0,)
    return position

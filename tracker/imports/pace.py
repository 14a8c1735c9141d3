"""Slices of work within one loop, so that reading and copying go on side by side."""

import asyncio

# A fraction of a millisecond: PostgreSQL has no more than that in its socket.
_SLICE = 32


async def give_way(number: int) -> None:
    """Let the other half of the work have its turn, once in a slice."""
    if number % _SLICE == 0:
        await asyncio.sleep(0)

"""A log of many small leaves with its tiles, made at once: what is in an event matters not here."""

import psycopg

from tests.place import Place
from tracker.proof.tree import leaf_hash

FILL = """
insert into log.event
select n, gen_random_uuid(), 'party-named', now(), int8send(n), sha256('\\x00'::bytea || int8send(n))
from generate_series(1, %s) n
"""
GROW = "select log.grow_tree(%s)"
CATCH_UP = "select log.grow_tree((select coalesce(max(position), 0) from log.event))"


def catch_up(place: Place) -> None:
    """Store the tiles that an import left for later; nothing where there are none."""
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        connection.execute(CATCH_UP)


def grow(place: Place, size: int) -> None:
    """Fill an empty log with so many events."""
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        connection.execute(FILL, (size,))
        connection.execute(GROW, (size,))


def leaf(position: int) -> bytes:
    """The leaf at a position of such a log."""
    return position.to_bytes(8, "big")


def hashes(size: int) -> list[bytes]:
    """The hashes of its first leaves."""
    return [leaf_hash(leaf(position)) for position in range(1, size + 1)]

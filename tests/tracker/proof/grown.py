"""A log of many small leaves with its tiles, made at once: what is in an event matters not here."""

from collections.abc import Iterable

import psycopg

from tests.place import Place
from tracker.proof.tree import Accumulator, leaf_hash

FILL = """
insert into log.event
select n, gen_random_uuid(), 'party-named', now(), int8send(n), sha256('\\x00'::bytea || int8send(n))
from generate_series(1, %s) n
"""
GROW = "select log.grow_tree(%s)"


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


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root of the tree over these leaf hashes."""
    tree = Accumulator()
    tree.push(hashes)
    return tree.root()

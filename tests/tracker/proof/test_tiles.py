"""Tiles as stored: they give the tree of the leaves, from indexes, and nothing beyond the end."""

import psycopg
import pytest

from tests.place import Place
from tests.tracker.proof.grown import grow, hashes, leaf, root_of
from tracker.domain.errors import NotFound, Refused
from tracker.log.database import Database
from tracker.proof import tiles as queries
from tracker.proof.tiles import Tiles
from tracker.proof.tree import (
    EMPTY_ROOT,
    tile_root,
    verify_consistency,
    verify_inclusion,
)

SIZE = 66_000
FILLER = """
insert into log.tile
select 6, n, decode(repeat('00', 8192), 'hex'), sha256('') from generate_series(1, %s / 10) n
"""
EDGES = (1, 2, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, SIZE)


async def test_roots_and_proofs_at_the_edges_of_tiles_are_those_of_the_leaves(
    place: Place, database: Database
) -> None:
    grow(place, SIZE)
    known, tiles = hashes(SIZE), Tiles(database)
    roots = {size: root_of(known[:size]) for size in EDGES}

    for size in EDGES:
        assert await tiles.root_at(size) == roots[size]
        for position in EDGES[: EDGES.index(size) + 1]:
            found = await tiles.inclusion(position, size)
            assert (found.position, found.size) == (position, size)
            assert (found.leaf_hash, found.root) == (known[position - 1], roots[size])
            verify_inclusion(found.leaf_hash, position - 1, size, found.proof, roots[size])
            proof = await tiles.consistency(position, size)
            verify_consistency(position, size, proof, roots[position], roots[size])


async def test_every_size_of_a_log_has_its_root_before_and_after_its_tiles_are_full(
    place: Place, database: Database
) -> None:
    grow(place, 300)
    known, tiles = hashes(300), Tiles(database)

    assert [await tiles.root_at(n) for n in range(301)] == [root_of(known[:n]) for n in range(301)]


async def test_tiles_are_served_whole_and_in_part(place: Place, database: Database) -> None:
    grow(place, SIZE)
    known, tiles = hashes(SIZE), Tiles(database)

    assert await tiles.tile(0, 1) == b"".join(known[256:512])
    assert await tiles.tile(0, 1, 3) == b"".join(known[256:259])
    assert await tiles.tile(0, 257, 208) == b"".join(known[257 * 256 :])
    assert (await tiles.tile(1, 0))[:32] == tile_root(b"".join(known[:256]))
    assert await tiles.tile(1, 1, 1) == tile_root(b"".join(known[65_536:65_792]))
    assert await tiles.tile(2, 0, 1) == tile_root(await tiles.tile(1, 0))


async def test_entries_come_each_after_its_length(place: Place, database: Database) -> None:
    grow(place, 300)
    tiles = Tiles(database)

    assert await tiles.entries(1, 2) == b"\0\x08" + leaf(257) + b"\0\x08" + leaf(258)
    assert await tiles.entries(0) == b"".join(b"\0\x08" + leaf(n) for n in range(1, 257))


async def test_what_is_beyond_the_end_is_not_there(place: Place, database: Database) -> None:
    grow(place, 300)
    tiles = Tiles(database)

    for level, number, width in (
        (0, 1, 45), (0, 1, 256), (0, 2, 1), (1, 0, 2), (2, 0, 1), (63, 0, 1), (0, 2**60, 1)
    ):  # fmt: skip
        with pytest.raises(NotFound, match=f"no {width} hashes in tile {number} of level {level}"):
            await tiles.tile(level, number, width)
    for number, width in ((1, 45), (1, 256), (2, 1), (2**60, 1)):
        with pytest.raises(NotFound, match=f"no {width} entries in bundle {number}"):
            await tiles.entries(number, width)
    with pytest.raises(NotFound):
        await tiles.root_at(301)
    with pytest.raises(NotFound):
        await tiles.inclusion(1, 301)
    with pytest.raises(NotFound):
        await tiles.consistency(300, 301)


async def test_what_makes_no_sense_is_refused(place: Place, database: Database) -> None:
    grow(place, 3)
    tiles = Tiles(database)

    assert await tiles.root_at(0) == EMPTY_ROOT
    assert await tiles.consistency(0, 3) == []
    assert await tiles.consistency(3, 3) == []
    for position in (0, -1, 4):
        with pytest.raises(Refused):
            await tiles.inclusion(position, 3)
    with pytest.raises(Refused):
        await tiles.consistency(3, 2)


@pytest.mark.parametrize(
    ("query", "names", "values"),
    [
        (queries.TILES, ["levels", "numbers", "widths"], "'{0,0,1,2}', '{9,257,0,0}', '{8,8,8,1}'"),
        (queries.ENTRIES, ["number", "width"], "100, 256"),
    ],
    ids=["tiles", "entries"],
)
@pytest.mark.parametrize("size", [0, 700, SIZE])
def test_proofs_read_by_index_even_by_a_plan_that_was_made_while_the_log_was_small(
    place: Place, query: str, names: list[str], values: str, size: int
) -> None:
    for number, name in enumerate(names, start=1):
        query = query.replace(f"%({name})s", f"${number}")
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        if size:
            grow(place, size)
            connection.execute(FILLER, (size,))
            connection.execute("analyze log.event, log.tile")
        connection.execute("set plan_cache_mode = force_generic_plan")
        connection.execute(f"prepare asked as {query}".encode())
        connection.execute(f"execute asked ({values})".encode())

        plan = str(connection.execute(f"explain execute asked ({values})".encode()).fetchall())

    assert "Index" in plan
    assert "Seq Scan on event" not in plan
    # Of tiles there are few for a long time, and few may be read whole.
    assert size < SIZE or "Seq Scan" not in plan

"""The stored tiles against a naive tree, however the log grew."""

import asyncio
import random
from uuid import uuid4

import psycopg
import pytest

from tests.place import Place
from tests.tracker.log import naive
from tests.tracker.log.events import ANALYST, named
from tracker.log.append import Appender
from tracker.log.database import Database

LEAVES = "select position, leaf, leaf_hash from log.event order by position"
HASHES = "select leaf_hash from log.event order by position"
TILES = "select level, number, hashes, root from log.tile order by level, number"
# As though a long history had been brought in: only what the tree is made of matters here.
HISTORY = """
insert into log.event
select n, gen_random_uuid(), 'party-named', '2020-01-01', '', sha256(n::text::bytea)
from generate_series(%(first)s::bigint, %(last)s) n
"""
GROW = "select log.grow_tree(%(head)s)"


async def check_tiles(database: Database) -> None:
    hashes = [row[0] for row in await database.fetch(HASHES)]
    stored = await database.fetch(TILES)
    assert stored == naive.tiles(hashes)
    assert naive.root_by_tiles(stored, hashes) == naive.root(hashes)


async def grow(appender: Appender, *sizes: int) -> None:
    for size in sizes:
        await appender.append([named() for _ in range(size)], ANALYST, uuid4())


async def test_a_tile_is_stored_with_its_last_leaf_and_not_before(database: Database) -> None:
    appender = Appender(database)
    for size in (255, 1, 1, 254, 1, 1):
        await grow(appender, size)
        await check_tiles(database)
    assert len(await database.fetch(TILES)) == 2


@pytest.mark.parametrize("seed", range(2))
async def test_tiles_are_the_same_however_the_log_grew(database: Database, seed: int) -> None:
    appender, chance = Appender(database), random.Random(seed)
    for _ in range(6):
        at_once = [chance.choice([1, 2, 100, 255, 256, 257, 700]) for _ in range(4)]
        await asyncio.gather(*(grow(appender, size) for size in at_once))
        await check_tiles(database)


async def test_the_leaf_hash_of_every_event_is_that_of_its_leaf(database: Database) -> None:
    await grow(Appender(database), 1, 300)

    for _, leaf, leaf_hash in await database.fetch(LEAVES):
        assert leaf_hash == naive.leaf_hash(leaf)


async def test_one_append_fills_tiles_of_two_levels(place: Place, database: Database) -> None:
    before = 65_536 - 300
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(HISTORY.encode(), {"first": 1, "last": before})
        insider.execute(GROW.encode(), {"head": before})

    await grow(Appender(database), 299)
    await check_tiles(database)
    await grow(Appender(database), 300)

    await check_tiles(database)
    tiles = await database.fetch(TILES)
    assert [tile[:2] for tile in tiles if tile[0]] == [(1, 0)]
    # The root of the tile above is the root of the log that it covers.
    hashes = [row[0] for row in await database.fetch(HASHES)]
    assert tiles[-1][3] == naive.root(hashes[:65_536])


async def test_tiles_that_an_older_version_left_out_are_caught_up_with(
    place: Place, database: Database
) -> None:
    await grow(Appender(database), 300)
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute(HISTORY.encode(), {"first": 301, "last": 66_000})

    await grow(Appender(database), 150)

    await check_tiles(database)

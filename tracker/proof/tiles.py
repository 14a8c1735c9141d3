"""The tree of the log as it is stored: roots, proofs, tiles and entries, a statement each.

Full tiles lie in log.tile; one that is not full yet is put together on read, from the hashes of
the leaves or the roots of the tiles below.
"""

from collections.abc import Iterable, Sequence

import msgspec

from tracker.domain.errors import NotFound
from tracker.log.database import Database
from tracker.proof import tree
from tracker.proof.bundle import pack_entries
from tracker.proof.tree import HASH_BYTES, TILE_WIDTH, Range, Tile

TILES = """
select wanted.level, wanted.number, wanted.width, coalesce(
    (select substr(whole.hashes, 1, 32 * wanted.width) from log.tile whole
     where whole.level = wanted.level and whole.number = wanted.number),
    case when wanted.level = 0
    then (select string_agg(leaf_hash, ''::bytea order by position) from log.event
          where position > wanted.number * 256
            and position <= wanted.number * 256 + wanted.width)
    else (select string_agg(below.root, ''::bytea order by below.number) from log.tile below
          where below.level = wanted.level - 1 and below.number >= wanted.number * 256
            and below.number < wanted.number * 256 + wanted.width) end,
    ''::bytea)
from unnest(%(levels)s::int[], %(numbers)s::bigint[], %(widths)s::int[])
    as wanted (level, number, width)
"""
ENTRIES = """
select leaf from log.event
where position > %(number)s * 256::bigint and position <= %(number)s * 256::bigint + %(width)s
order by position
"""
# Beyond this no log comes, and PostgreSQL counts no further.
_MOST_TILES = 2**54


class Inclusion(msgspec.Struct, frozen=True, kw_only=True):
    """That the event at a position is among the first `size`: RFC 6962, leaf index position - 1."""

    position: int
    size: int
    leaf_hash: bytes
    proof: list[bytes]
    root: bytes


class Tiles:
    """Answers what an auditor asks about the tree; NotFound beyond the end of the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def root_at(self, size: int) -> bytes:
        """The root of the first `size` events, 32 bytes."""
        return (await self.roots_at([size]))[size]

    async def roots_at(self, sizes: Iterable[int]) -> dict[int, bytes]:
        """Size → the root of the first so many events, for many at the price of one reading."""
        wanted = {size: tree.tiles_of(tree.whole(size), size) for size in sizes}
        found = await self._fetched(list({tile for tiles in wanted.values() for tile in tiles}))
        return {size: tree.root_from_tiles(size, found) for size in wanted}

    async def inclusion(self, position: int, size: int) -> Inclusion:
        """The proof that the event at a position is among the first `size`, with their root.

        Raises Refused where the position is not among them.
        """
        index = position - 1
        ranges = tree.inclusion(index, size)
        leaf, *proof = await self._hashes([(index, position), *ranges], size)
        root = tree.root_from_inclusion(leaf, index, size, proof)
        return Inclusion(position=position, size=size, leaf_hash=leaf, proof=proof, root=root)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the first `old` events begin the first `new`; Refused where old > new."""
        return await self._hashes(tree.consistency(old, new), new)

    async def tile(self, level: int, number: int, width: int = TILE_WIDTH) -> bytes:
        """The first `width` hashes of a tile, 32 bytes each."""
        asked = Tile(level, number, width)
        if number >= _MOST_TILES:
            raise _missing(asked)
        return (await self._fetched([asked]))[asked]

    async def entries(self, number: int, width: int = TILE_WIDTH) -> bytes:
        """The leaves below a tile of level 0, each after its length in two big-endian bytes."""
        rows = (
            await self._database.fetch(ENTRIES, {"number": number, "width": width})
            if number < _MOST_TILES
            else []
        )
        if len(rows) < width:
            raise NotFound(f"the log has no {width} entries in bundle {number}")
        return pack_entries([leaf for (leaf,) in rows])

    async def _hashes(self, ranges: Sequence[Range], size: int) -> list[bytes]:
        tiles = await self._fetched(tree.tiles_of(ranges, size))
        return tree.hashes_of(ranges, size, tiles)

    async def _fetched(self, wanted: Sequence[Tile]) -> dict[Tile, bytes]:
        if not wanted:
            return {}
        levels, numbers, widths = zip(*wanted, strict=True)
        asked = {"levels": list(levels), "numbers": list(numbers), "widths": list(widths)}
        rows = await self._database.fetch(TILES, asked)
        found = {Tile(level, number, width): hashes for level, number, width, hashes in rows}
        for tile, hashes in found.items():
            if len(hashes) != HASH_BYTES * tile.width:
                raise _missing(tile)
        return found


def _missing(tile: Tile) -> NotFound:
    level, number, width = tile
    return NotFound(f"the log has no {width} hashes in tile {number} of level {level}")

"""Where C2SP tlog-tiles puts tiles and entry bundles, below the address of a log."""

import re

from tracker.domain.errors import Refused
from tracker.proof.tree import TILE_WIDTH, Tile

# Bundles of entries lie beside the tiles of level 0 and are numbered as they are.
ENTRIES = -1
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(x[0-9]{3}/){0,5}[0-9]{3})"
    r"(\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)
_GREATEST_LEVEL = 63


def tile_path(tile: Tile) -> str:
    """The path of a tile: `tile/0/x001/x234/067`, with `.p/8` after it where it has 8 hashes.

    A tile of level ENTRIES is the bundle of the entries themselves.
    """
    digits = f"{tile.number:d}"
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    level = "entries" if tile.level == ENTRIES else tile.level
    partial = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    return f"tile/{level}/{number}{partial}"


def parse_tile_path(path: str) -> Tile:
    """The tile of a path. Raises Refused for any path that tile_path does not write."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise Refused(f"“{path}” is no path of a tile")
    tile = Tile(
        ENTRIES if found["level"] == "entries" else int(found["level"]),
        int(re.sub(r"[x/]", "", found["number"])),
        int(found["width"] or TILE_WIDTH),
    )
    if tile.level > _GREATEST_LEVEL or tile_path(tile) != path:
        raise Refused(f"“{path}” is no path of a tile")
    return tile

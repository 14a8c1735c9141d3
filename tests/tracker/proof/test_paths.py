"""Paths of tiles: those of C2SP tlog-tiles, one for each tile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import Refused
from tracker.proof.paths import ENTRIES, parse_tile_path, tile_path
from tracker.proof.tree import Tile

TILES = st.builds(Tile, st.integers(ENTRIES, 63), st.integers(0, 10**18 - 1), st.integers(1, 256))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(0, 0), "tile/0/000"),
        (Tile(1, 273, 17), "tile/1/273.p/17"),
        (Tile(ENTRIES, 1000, 8), "tile/entries/x001/000.p/8"),
    ],
)
def test_a_tile_has_the_path_of_the_specification(tile: Tile, path: str) -> None:
    assert tile_path(tile) == path
    assert parse_tile_path(path) == tile


@given(TILES)
def test_the_path_of_a_tile_leads_back_to_it(tile: Tile) -> None:
    assert parse_tile_path(tile_path(tile)) == tile


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/67", "tile/0/x000/067", "tile/0/x01/067", "tile/00/067", "tile/64/067",
        "tile/-1/067", "tile/0/067.p/0", "tile/0/067.p/256", "tile/0/067.p/08", "tile/0/067.p",
        "tile/0/001/067", "tile/0/x001", "tile/0/x001/", "tile/0/067\n", "tile/0/٠٦٧",
        "tile/data/067", "tile/0/" + "x999/" * 6 + "999", "/tile/0/067", "",
    ],
)  # fmt: skip
def test_a_path_that_nobody_writes_is_refused(path: str) -> None:
    with pytest.raises(Refused, match="is no path of a tile"):
        parse_tile_path(path)

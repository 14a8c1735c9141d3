"""The tree: roots and proofs from tiles are those of RFC 6962, and only true ones verify."""

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256

import metamorphic_log
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.log import naive
from tests.tracker.proof.grown import root_of
from tracker.domain.errors import Refused
from tracker.proof.tree import (
    EMPTY_ROOT,
    Accumulator,
    Range,
    Tile,
    consistency,
    hashes_of,
    inclusion,
    leaf_hash,
    node_hash,
    root_from_tiles,
    tile_root,
    tiles_of,
    verify_consistency,
    verify_inclusion,
    whole,
)

SMALL = 70
SIZES = st.integers(1, 200_000)
# The leaves and roots of the RFC 6962 test vectors that every implementation is tried with.
VECTOR_LEAVES = tuple(
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243",
        "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
)  # fmt: skip
VECTOR_ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(size: int) -> list[bytes]:
    """The leaves of a small log."""
    return [str(index).encode() for index in range(size)]


def hashes(size: int) -> list[bytes]:
    """Their hashes, as the naive tree makes them."""
    return [naive.leaf_hash(leaf) for leaf in leaves(size)]


@cache
def level(height: int) -> tuple[bytes, ...]:
    """The hashes of one level of tiles of a log of 200,000 leaves, full subtrees only."""
    if height == 0:
        return tuple(leaf_hash(str(index).encode()) for index in range(200_000))
    below = level(height - 1)
    return tuple(
        tile_root(b"".join(below[at : at + 256])) for at in range(0, len(below) - 255, 256)
    )


def fetched(ranges: Iterable[Range], size: int) -> dict[Tile, bytes]:
    """The tiles that ranges need, as a store would give them."""
    found: dict[Tile, bytes] = {}
    for tile in tiles_of(ranges, size):
        start = tile.number * 256
        found[tile] = b"".join(level(tile.level)[start : start + tile.width])
        assert len(found[tile]) == 32 * tile.width
        assert 1 <= tile.width <= 256
    return found


def proved(ranges: list[Range], size: int) -> list[bytes]:
    """The hashes of ranges, from no more than the tiles they ask for."""
    return hashes_of(ranges, size, fetched(ranges, size))


def root(size: int) -> bytes:
    """The root of a log of this size, from its tiles."""
    tiles: Mapping[Tile, bytes] = fetched(whole(size), size)
    return root_from_tiles(size, tiles)


@pytest.mark.parametrize("size", VECTOR_ROOTS)
def test_the_roots_of_the_published_vectors_come_out(size: int) -> None:
    assert root_of(map(leaf_hash, VECTOR_LEAVES[:size])).hex() == VECTOR_ROOTS[size]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root(0) == root_of([]) == EMPTY_ROOT == sha256(b"").digest()


def test_every_small_tree_has_the_root_of_the_rfc() -> None:
    for size in range(SMALL):
        expected = naive.root(hashes(size))
        assert root(size) == expected
        assert root_of(map(leaf_hash, leaves(size))) == expected


def test_every_inclusion_proof_of_small_trees_is_that_of_the_rfc_and_verifies() -> None:
    for size in range(1, SMALL):
        top = root(size)
        for index in range(size):
            proof = proved(inclusion(index, size), size)
            assert proof == naive.path(index, hashes(size))
            verify_inclusion(leaf_hash(leaves(size)[index]), index, size, proof, top)


def test_every_consistency_proof_of_small_trees_is_that_of_the_rfc_and_verifies() -> None:
    for new in range(SMALL):
        for old in range(new + 1):
            proof = proved(consistency(old, new), new)
            assert proof == (naive.proof(old, hashes(new)) if old else [])
            verify_consistency(old, new, proof, root(old), root(new))


@given(SIZES, st.data())
def test_proofs_over_several_levels_of_tiles_satisfy_another_verifier(
    new: int, data: st.DataObject
) -> None:
    old = data.draw(st.integers(1, new))
    index = data.draw(st.integers(0, new - 1))
    included = proved(inclusion(index, new), new)
    consistent = proved(consistency(old, new), new)

    verify_inclusion(level(0)[index], index, new, included, root(new))
    verify_consistency(old, new, consistent, root(old), root(new))
    metamorphic_log.verify_inclusion(index, new, level(0)[index], included, root(new))
    metamorphic_log.verify_consistency(old, new, consistent, root(old), root(new))


@given(SIZES)
def test_streaming_leaves_or_full_tiles_gives_the_root_of_the_tiles(size: int) -> None:
    tree = Accumulator()
    for tile in range(size // 256):
        tree.push_tile(level(1)[tile])
    tree.push(level(0)[size // 256 * 256 : size])

    assert tree.size == size
    assert tree.root() == root(size)


def test_leaves_pushed_one_by_one_give_the_root_at_every_size() -> None:
    tree = Accumulator()
    for size, hashed in enumerate(level(0)[:600]):
        assert tree.root() == root(size)
        tree.push([hashed])


def test_a_tile_cannot_be_pushed_into_the_middle_of_another() -> None:
    tree = Accumulator()
    tree.push([leaf_hash(b"")])

    with pytest.raises(ValueError, match="leaf 1"):
        tree.push_tile(level(1)[0])


@given(st.integers(2, 5000), st.data())
def test_a_proof_with_one_wrong_bit_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    included = flipped(proved(inclusion(index, size), size), data)
    consistent = flipped(proved(consistency(old, size), size), data)

    with pytest.raises(Refused, match="does not lead to the root"):
        verify_inclusion(level(0)[index], index, size, included, root(size))
    with pytest.raises(Refused, match="does not begin with"):
        verify_consistency(old, size, consistent, root(old), root(size))


def flipped(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """A proof with one bit of one hash turned."""
    at = data.draw(st.integers(0, len(proof) * 256 - 1))
    changed = bytearray(proof[at // 256])
    changed[at % 256 // 8] ^= 1 << at % 8
    return [*proof[: at // 256], bytes(changed), *proof[at // 256 + 1 :]]


@given(st.integers(2, 5000), st.data())
def test_a_proof_of_the_wrong_length_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size - 1))
    included = proved(inclusion(index, size), size)
    consistent = proved(consistency(old, size), size)

    for proof in (included[:-1], [*included, EMPTY_ROOT]):
        with pytest.raises(Refused, match=f"has {len(included)} hashes"):
            verify_inclusion(level(0)[index], index, size, proof, root(size))
    for proof in (consistent[:-1], [*consistent, EMPTY_ROOT]):
        with pytest.raises(Refused, match=f"has {len(consistent)} hashes"):
            verify_consistency(old, size, proof, root(old), root(size))


def test_two_roots_for_the_same_size_are_refused() -> None:
    with pytest.raises(Refused, match="two roots for the same 3"):
        verify_consistency(3, 3, [], root(3), root(4))
    with pytest.raises(Refused, match="two roots for the same 0"):
        verify_consistency(0, 3, [], root(2), root(3))


def test_a_leaf_or_a_beginning_that_the_tree_does_not_have_is_refused() -> None:
    with pytest.raises(Refused, match="leaf 3 is not among the first 3"):
        inclusion(3, 3)
    with pytest.raises(Refused, match="leaf -1"):
        inclusion(-1, 3)
    with pytest.raises(Refused, match="a log of 3 events does not begin with 4"):
        consistency(4, 3)


def test_a_leaf_does_not_pass_for_a_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")

    assert leaf_hash(left + right) != node_hash(left, right)


def test_a_proof_among_a_million_needs_a_handful_of_tiles() -> None:
    for index in (0, 524_287, 999_999):
        assert len(tiles_of(inclusion(index, 1_000_000), 1_000_000)) <= 5
    assert tiles_of(whole(1_000_000), 1_000_000) == [
        Tile(2, 0, 15), Tile(1, 15, 66), Tile(0, 3906, 64)
    ]  # fmt: skip

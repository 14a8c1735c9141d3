"""The tree over HTTP: what an auditor's tool fetches proves the log, and nothing else is given."""

import base64
from uuid import uuid4

import metamorphic_log
import pytest

from tests.tracker.api.door import Door, problem
from tests.tracker.log.events import ANALYST, named
from tracker.log.append import Appender
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import note_text
from tracker.proof.paths import ENTRIES, tile_path
from tracker.proof.tree import (
    Range,
    Tile,
    consistency,
    hashes_of,
    inclusion,
    leaf_hash,
    root_from_tiles,
    tiles_of,
    whole,
)


async def record(door: Door, count: int) -> None:
    """Let somebody record so many events."""
    events = [named() for _ in range(count)]
    await Appender(door.parts.database).append(events, ANALYST, uuid4())


async def fetched(door: Door, ranges: list[Range], size: int) -> dict[Tile, bytes]:
    """The tiles that an auditor's tool asks for; nobody knows it."""
    found: dict[Tile, bytes] = {}
    for tile in tiles_of(ranges, size):
        reply = await door.get(f"log/{tile_path(tile)}", role=None)
        assert reply.status == 200, reply.data
        found[tile] = reply.data
    return found


async def proved(door: Door, ranges: list[Range], size: int) -> list[bytes]:
    """The hashes of a proof made of nothing but fetched tiles."""
    return hashes_of(ranges, size, await fetched(door, ranges, size))


def entries(bundle: bytes) -> list[bytes]:
    """The leaves of an entry bundle."""
    found: list[bytes] = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found


async def test_what_is_fetched_proves_the_log_to_a_verifier_of_somebody_else(
    door: Door,
) -> None:
    keys = [door.parts.signer.verifier().text]
    await record(door, 100)
    await door.parts.signer.checkpoint()
    older = (await door.get("log/checkpoint", role=None)).data.decode()
    await record(door, 500)
    await door.parts.signer.checkpoint()
    newer = (await door.get("log/checkpoint", role=None)).data.decode()

    head = metamorphic_log.checkpoint_verify(newer, keys)
    assert (head.size, metamorphic_log.checkpoint_verify(older, keys).size) == (601, 100)
    assert root_from_tiles(601, await fetched(door, whole(601), 601)) == head.root
    metamorphic_log.checkpoint_verify_consistency(
        older, newer, keys, await proved(door, consistency(100, 601), 601)
    )
    bundle = await door.get(f"log/{tile_path(Tile(ENTRIES, 2, 601 - 512))}", role="reader")
    leaves = entries(bundle.data)
    assert len(leaves) == 601 - 512
    for index in (512, 600):
        hashed = leaf_hash(leaves[index - 512])
        proof = await proved(door, inclusion(index, 601), 601)
        metamorphic_log.checkpoint_verify_inclusion(newer, keys, index, hashed, proof)


async def test_a_proof_is_given_under_the_last_checkpoint_that_covers_the_event(
    door: Door,
) -> None:
    await record(door, 9)
    note = await door.parts.signer.checkpoint()

    body = (await door.get("/log/proof/5", role="reader")).body

    assert (body["position"], body["index"], body["size"]) == (5, 4, 9)
    assert body["checkpoint"] == note
    assert base64.b64decode(body["root"]) == Checkpoint.parse(note_text(note)).root
    hashed = leaf_hash(body["leaf"].encode())
    assert base64.b64decode(body["leaf_hash"]) == hashed
    metamorphic_log.checkpoint_verify_inclusion(
        note, [door.parts.signer.verifier().text], 4, hashed,
        [base64.b64decode(step) for step in body["proof"]],
    )  # fmt: skip


async def test_a_proof_of_what_no_checkpoint_covers_is_against_the_head(door: Door) -> None:
    await record(door, 2)
    await door.parts.signer.checkpoint()
    await record(door, 1)

    body = (await door.get("/log/proof/4", role="reader")).body

    assert (body["size"], body["checkpoint"]) == (4, None)
    assert base64.b64decode(body["root"]) == await door.parts.tiles.root_at(4)


async def test_a_proof_of_what_is_not_in_the_log_is_not_found(door: Door) -> None:
    await record(door, 1)

    for position in ("0", "2", "9999999999999999999999", "-1", "one"):
        assert problem(await door.get(f"/log/proof/{position}"))[0] == 404, position


async def test_a_log_that_was_never_signed_has_no_checkpoint(door: Door) -> None:
    assert problem(await door.get("log/checkpoint", role=None)) == (404, "not-found", None)


async def test_tiles_are_kept_for_ever_and_a_checkpoint_briefly(door: Door) -> None:
    await record(door, 3)
    await door.parts.signer.checkpoint()

    note = await door.get("log/checkpoint", role=None)
    tile = await door.get("log/tile/0/000.p/3", role=None)
    bundle = await door.get("log/tile/entries/000.p/3", role="reader")

    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert note.headers["Cache-Control"] == "public, max-age=10"
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert bundle.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert len(tile.data) == 96


async def test_entries_are_for_readers_and_hashes_for_everybody(door: Door) -> None:
    await record(door, 1)

    refused = await door.get("log/tile/entries/000.p/1", role=None)

    assert problem(refused) == (401, "unauthorized", None)
    assert (await door.get("log/tile/entries/000.p/1", role="reader")).status == 200
    assert (await door.get("log/tile/0/000.p/1", role=None)).status == 200


@pytest.mark.parametrize(
    "path",
    ["0/000", "0/000.p/2", "0/001.p/1", "1/000.p/1", "63/000.p/1", "0/x999/x999/999",
     "entries/000", "entries/000.p/2", "entries/x123/456.p/1"],
)  # fmt: skip
async def test_a_tile_beyond_the_end_of_the_log_is_not_found(door: Door, path: str) -> None:
    await record(door, 1)

    assert problem(await door.get(f"log/tile/{path}")) == (404, "not-found", None)


@pytest.mark.parametrize(
    "path",
    ["0/0", "0/000.p/0", "0/000.p/256", "64/000", "00/000", "0/x000/001", "0/000.p", "data/000",
     "entries/1", "entries/000.p/257", "entries/entries/000", "0", "0/%00", "0/000%2Fp"],
)  # fmt: skip
async def test_a_path_that_is_no_tile_is_refused_in_a_problem(door: Door, path: str) -> None:
    await record(door, 1)

    status, kind, _ = problem(await door.get(f"log/tile/{path}"))

    assert (status, kind) in {(400, "refused"), (404, "not-found")}


async def test_the_tree_is_part_of_the_description_of_the_api(door: Door) -> None:
    paths = (await door.get("/openapi.json", role=None)).body["paths"]

    for path in (
        "/log/checkpoint", "/log/tile/{tile}", "/log/tile/entries/{number}",
        "/api/v1/log/proof/{position}",
    ):  # fmt: skip
        assert "get" in paths[path]

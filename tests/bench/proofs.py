"""Verifying a bundle: a log that no database ever held, written straight into one."""

import hashlib
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import msgspec

from tests.bench.row import Row
from tracker.domain.base import Actor
from tracker.domain.values import instant_text
from tracker.embedded import Embedded
from tracker.log.envelope import commitment
from tracker.proof.bundle import CHECKPOINT, MANIFEST, README, Manifest, ViewDump, pack_payload
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.note import SignerKey
from tracker.proof.pack import TreeWriter, ZipWriter
from tracker.proof.tree import TILE_WIDTH

EVENTS = 1_000_000
ROUNDS = 3
KEY = SignerKey("bench.example/log", hashlib.sha256(b"bench").digest())
_BEGIN = datetime(2024, 6, 18, tzinfo=UTC)
_EACH_STAMP = 100
_README = b"A log that was made up to measure with.\n"


def bundle(path: Path, count: int, seed: int = 1) -> None:
    """Write a valid bundle of `count` synthetic events: leaves of 600 bytes, payloads of 300."""
    chance = random.Random(seed)
    with path.open("wb") as file:
        out = ZipWriter(file)
        tree = TreeWriter(out)
        for first in range(1, count + 1, TILE_WIDTH):
            events = [event(p, chance) for p in range(first, min(first + TILE_WIDTH, count + 1))]
            payloads = io.BytesIO(b"".join(record for _, record in events))
            tree.add([leaf for leaf, _ in events], payloads)
        tree.finish()
        seal(out, tree, payloads=count)
        out.close()


def seal(
    out: ZipWriter, tree: TreeWriter, *, payloads: int, views: Mapping[str, ViewDump] | None = None
) -> None:
    """Add what stands beside tree and payloads: signed checkpoint, README, signed manifest."""
    checkpoint = Checkpoint(KEY.name, tree.size, tree.root())
    out.add(CHECKPOINT, KEY.sign(checkpoint.text).encode())
    out.add(README, _README)
    manifest = Manifest(
        checkpoints=0, erased=0, evidence=0, events=tree.size, origin=KEY.name, payloads=payloads,
        files={README: hashlib.sha256(_README).hexdigest()}, software="bench", tags=(),
        until=tree.size, with_evidence=False, views=dict(views or {}),
    )  # fmt: skip
    out.add(MANIFEST, KEY.sign(manifest.text).encode())


def event(position: int, chance: random.Random) -> tuple[bytes, bytes]:
    """The leaf of an event, and the record of its payload."""
    ids = [str(UUID(int=chance.getrandbits(128), version=4)) for _ in range(6)]
    payload = msgspec.json.encode(
        {
            "action": "suspended", "announced_on": "2024-06-18", "effective_from": "2024-07-01",
            "first_hand": "measured", "jurisdiction": "EC", "note": ids[0] * 3, "policy": ids[1],
            "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"},
        }
    )  # fmt: skip
    salt = chance.randbytes(32)
    stamp = _BEGIN + timedelta(milliseconds=37 * (position // _EACH_STAMP))
    leaf = msgspec.json.encode(
        {
            "actor": Actor(ids[2], "analyst"), "causation_id": None, "correlation_id": ids[3],
            "id": ids[4], "payload_commit": commitment(salt, payload), "position": position,
            "recorded_at": instant_text(stamp), "schema_version": 1,
            "tags": [f"document:{ids[5]}", f"policy:{ids[1]}", "type:policy-changed"],
            "type": "policy-changed",
        },
        order="sorted",
    )  # fmt: skip
    return leaf, pack_payload(salt, payload)


def rows(server: Embedded) -> Iterator[Row]:
    """`tracker verify` as the process that auditors run, start included."""
    with tempfile.TemporaryDirectory() as folder:
        path, key = Path(folder) / "bundle.zip", Path(folder) / "key"
        bundle(path, EVENTS)
        key.write_text(KEY.verifier.text + "\n")
        command = [sys.executable, "-m", "tracker", "verify", path, "--key", key]
        rates: list[float] = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            rates.append(EVENTS / (time.perf_counter() - started))
        yield Row.of("log", f"verify a bundle, {EVENTS:,} events", median(rates), "events/s")

"""`tracker verify --replay`: a mixed history with the rows that it gives, folded again offline."""

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from uuid import UUID

from projections import VIEWS
from projections.dump import dump, tables_of
from projections.rows import Rows
from projections.view import View
from tests.bench.mixed import Mixed
from tests.bench.proofs import KEY, seal
from tests.bench.row import Row
from tests.bench.work import ACTOR
from tracker.domain.base import NewEvent, Recorded
from tracker.domain.values import instant_text
from tracker.log.envelope import encoded, recorded
from tracker.proof.bundle import ViewDump, dump_path, pack_payload
from tracker.proof.pack import TreeWriter, ZipWriter
from tracker.proof.tree import TILE_WIDTH

EVENTS = 100_000
ROUNDS = 3
_BEGIN = datetime(2024, 6, 18, tzinfo=UTC)


def bundle(path: Path, count: int) -> None:
    """Write a valid bundle of a mixed history with the dumps of all views."""
    chance, states = Random(1), [(view, Rows(whole=True)) for view in VIEWS]
    with path.open("wb") as file:
        out = ZipWriter(file)
        tree, made = TreeWriter(out), Mixed().events(count)
        for first in range(1, count + 1, TILE_WIDTH):
            tile: list[tuple[bytes, bytes]] = []
            for position in range(first, min(first + TILE_WIDTH, count + 1)):
                leaf, record, one = _event(position, next(made).new, chance)
                tile.append((leaf, record))
                for view, rows in states:
                    rows.fold(view, one)
            tree.add([leaf for leaf, _ in tile], io.BytesIO(b"".join(r for _, r in tile)))
        tree.finish()
        views = {view.name: _dumped(out, view, rows, count) for view, rows in states}
        seal(out, tree, payloads=count, views=views)
        out.close()


def _event(position: int, new: NewEvent, chance: Random) -> tuple[bytes, bytes, Recorded]:
    """The leaf of an event, the record of its payload, and the event as it is read."""
    salt = chance.randbytes(32)
    made = encoded(new, ACTOR, UUID(int=position), salt)
    at = instant_text(_BEGIN + timedelta(milliseconds=position))
    leaf = made.head + f'{position},"recorded_at":"{at}"'.encode() + made.tail
    return leaf, pack_payload(salt, made.payload), recorded(leaf, made.payload)


def _dumped(out: ZipWriter, view: View, rows: Rows, position: int) -> ViewDump:
    text = io.BytesIO()
    made = dump(tables_of(view, rows), text.write)
    out.add(dump_path(view.name, 0), text.getvalue(), deflate=True)
    return ViewDump(
        version=view.version, position=position, rows=made.rows, state_hash=made.hexdigest(),
        files=1,
    )  # fmt: skip


def rows() -> Iterator[Row]:
    """The command as auditors run it, start and all other checks included."""
    with tempfile.TemporaryDirectory() as folder:
        path, key = Path(folder) / "bundle.zip", Path(folder) / "key"
        bundle(path, EVENTS)
        key.write_text(KEY.verifier.text + "\n")
        command = [sys.executable, "-m", "tracker", "verify", path, "--key", key, "--replay"]
        rates: list[float] = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            rates.append(EVENTS / (time.perf_counter() - started))
        work = f"verify --replay, {EVENTS:,} mixed events"
        yield Row.of("views", work, median(rates), "events/s")

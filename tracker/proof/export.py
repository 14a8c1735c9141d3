"""Writing a bundle from the log: everything of one moment, in a file that appears when it is whole.

audit-read recorded → views dumped to the disk → checkpoint signed over the log → one snapshot of the database
    → entries, payloads, tiles → earlier checkpoints → evidence → dumps of views → README
    → signed manifest
"""

import hashlib
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import IO, Any

import msgspec

from tracker.clock import Clock
from tracker.domain.audit import RecordAuditRead
from tracker.domain.base import Actor
from tracker.domain.checkpoint import KNOWN, CheckpointPublished
from tracker.domain.errors import Conflict, Refused
from tracker.execute import Executor
from tracker.log.database import Connection, Database
from tracker.log.read import Reader
from tracker.proof.appearing import appearing
from tracker.proof.bundle import (
    CHECKPOINT,
    MANIFEST,
    NO_PAYLOAD,
    README,
    SOFTWARE,
    Manifest,
    checkpoint_path,
    pack_payload,
    tiles,
)
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.dumps import Dumps, Spool
from tracker.proof.holdings import SCHEMA, Origins, write_evidence
from tracker.proof.leaves import DOCUMENTS, ERASED
from tracker.proof.note import note_text
from tracker.proof.pack import TreeWriter, ZipWriter
from tracker.proof.progress import Progress, silent
from tracker.proof.scratch import Scratch
from tracker.proof.signer import Signer
from tracker.proof.tree import TILE_WIDTH

SNAPSHOT = "set transaction isolation level repeatable read, read only"
ERASED_AT = "select coalesce(max(position), 0) from log.event_tag where tag = 'type:payload-erased'"
LEAVES = """
select e.leaf, length(p.payload) from log.event e left join log.payload p on p.position = e.position
where e.position > %(after)s and e.position <= %(last)s order by e.position
"""
PAYLOADS = """
select position, salt, payload from log.payload where position = any (%(positions)s::bigint[])
order by position
"""
_ATTEMPTS = 5
_AT_ONCE_BYTES = 16_000_000


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What goes into a bundle besides the entries and hashes, which are always complete."""

    until: int | None = None
    """The last position with payload and evidence; all where it is None."""
    tags: tuple[str, ...] = ()
    """Payloads and evidence of events with one of these tags only, where there are any."""
    with_evidence: bool = True
    with_views: bool = True

    def without_views(self) -> str | None:
        """Why no dump of a view goes in; None where dumps do."""
        if not self.with_views:
            return "dumps were not asked for"
        if self.tags:
            return "payloads are here for some tags only"
        return None


class Label(msgspec.Struct):
    """Of an envelope, what decides whether its payload is wanted."""

    position: int
    recorded_at: str
    tags: tuple[str, ...]
    type: str


class Exporter:
    """Makes bundles for auditors; each one is on record in the log."""

    def __init__(
        self,
        *,
        database: Database,
        reader: Reader,
        executor: Executor,
        signer: Signer,
        clock: Clock,
        dumps: Dumps | None = None,
    ) -> None:
        self._database = database
        self._reader = reader
        self._executor = executor
        self._signer = signer
        self._clock = clock
        self._dumps = dumps

    async def export(
        self, path: Path, wanted: Wanted, actor: Actor, *, progress: Progress = silent
    ) -> Manifest:
        """Write a bundle to a new file; what its manifest says.

        Raises Refused where the file is there already or `until` is beyond the log.
        """
        head = await self._reader.head()
        if wanted.until is not None and not 1 <= wanted.until <= head:
            raise Refused(f"until: the log has the positions 1 to {head}", field="until")
        command = RecordAuditRead(
            what="bundle", until=wanted.until or head, only=wanted.tags,
            without_evidence=not wanted.with_evidence,
        )  # fmt: skip
        with appearing(path) as file, Scratch(SCHEMA) as scratch, Spool(self._dumps) as spool:
            await self._executor.execute(command, actor)
            if wanted.without_views() is None:
                await spool.take()
            async with self._signed_snapshot() as (connection, note, erased_at):
                writing = _Writing(file, connection, scratch, wanted, note, self._clock())
                await writing.entries(progress)
                await self._checkpoints(writing)
                manifest = await writing.rest(spool, erased_at)
            writing.close(self._signer.vouch(manifest.text))
        return manifest

    @asynccontextmanager
    async def _signed_snapshot(self) -> AsyncGenerator[tuple[Connection, str, int]]:
        """A snapshot and a checkpoint between which nothing was erased; the last erasure before.

        An erasure after the checkpoint would leave a payload out that nothing in it explains.
        """
        for _ in range(_ATTEMPTS):
            note = await self._signer.checkpoint()
            size = Checkpoint.parse(note_text(note)).size
            async with self._database.transaction() as connection:
                await connection.execute(SNAPSHOT)
                ((erased_at,),) = await (await connection.execute(ERASED_AT)).fetchall()
                if erased_at <= size:
                    yield connection, note, erased_at
                    return
        raise Conflict("others keep erasing while the bundle is made; try again")

    async def _checkpoints(self, writing: "_Writing") -> None:
        signed, after = writing.signed, 0
        while page := await self._reader.read(KNOWN, after=after, before=signed.size):
            for recorded in page:
                one = recorded.event
                if not isinstance(one, CheckpointPublished) or one.origin != signed.origin:
                    continue
                if one.size < signed.size:
                    writing.add_checkpoint(one)
            after = page[-1].position


class _Writing:
    """A bundle on its way into a file."""

    def __init__(
        self,
        file: IO[bytes],
        connection: Connection,
        scratch: Scratch,
        wanted: Wanted,
        note: str,
        made: datetime,
    ) -> None:
        self.zip = ZipWriter(file)
        self.signed = Checkpoint.parse(note_text(note))
        self._note = note
        self._connection = connection
        self._until = wanted.until or self.signed.size
        self._wanted = wanted
        self._tags = frozenset(wanted.tags)
        self._made = made
        self._payloads = self._erased = self._evidence = self._checkpoints = 0
        self._files: dict[str, str] = {}
        self._origins = Origins(scratch)
        self._label = msgspec.json.Decoder(Label).decode

    def add_checkpoint(self, earlier: CheckpointPublished) -> None:
        """Add a checkpoint that was published before this one."""
        self.zip.add(checkpoint_path(earlier.size), earlier.note.encode())
        self._checkpoints += 1

    async def entries(self, progress: Progress) -> None:
        """Entries, payloads and tiles, in the order of positions."""
        tree = TreeWriter(self.zip)
        size = self.signed.size
        for tile in tiles(size):
            after = tile.number * TILE_WIDTH
            span = {"after": after, "last": after + tile.width}
            rows = await (await self._connection.execute(LEAVES, span, binary=True)).fetchall()
            leaves = [leaf for leaf, _ in rows]
            with tempfile.SpooledTemporaryFile(_AT_ONCE_BYTES) as payloads:
                await self._write_payloads(rows, after, payloads)
                tree.add(leaves, payloads if payloads.tell() else None)
            progress(tree.size, size)
        tree.finish()
        if tree.root() != self.signed.root:
            raise Conflict("the log is not what the checkpoint was signed for; nothing is exported")
        self.zip.add(CHECKPOINT, self._note.encode())

    def _due(self, label: Label) -> bool:
        if label.type == ERASED:
            return True
        return label.position <= self._until and not (
            self._tags and self._tags.isdisjoint(label.tags)
        )

    async def _write_payloads(
        self, rows: Sequence[Sequence[Any]], after: int, out: IO[bytes]
    ) -> None:
        """The payload records of a tile, read a few megabytes at a time; nothing without any."""
        held: dict[int, Label] = {}
        next_position, size_bytes = after + 1, 0
        for leaf, length in rows:
            label = self._label(leaf)
            if not self._due(label):
                continue
            if length is None:
                self._erased += 1
                continue
            held[label.position] = label
            size_bytes += length
            if size_bytes > _AT_ONCE_BYTES:
                next_position = await self._write_records(held, next_position, out)
                held, size_bytes = {}, 0
        next_position = await self._write_records(held, next_position, out)
        if out.tell():
            out.write(NO_PAYLOAD * (after + len(rows) + 1 - next_position))

    async def _write_records(
        self, held: dict[int, Label], next_position: int, out: IO[bytes]
    ) -> int:
        positions = {"positions": list(held)}
        found = await self._connection.execute(PAYLOADS, positions, binary=True)
        for position, salt, payload in await found.fetchall():
            out.write(NO_PAYLOAD * (position - next_position) + pack_payload(salt, payload))
            next_position = position + 1
            self._payloads += 1
            if held[position].type in DOCUMENTS and self._wanted.with_evidence:
                self._origins.note(position, held[position].recorded_at, payload)
        return next_position

    async def rest(self, spool: Spool, erased_at: int) -> Manifest:
        """Evidence, dumps and README; the manifest that is to be signed."""
        if self._wanted.with_evidence:
            self._evidence, files_of_it = await write_evidence(
                self.zip, self._connection, self._origins, software=SOFTWARE, made=self._made
            )
            self._files |= files_of_it
        views, left_out = spool.write(
            self.zip, until=self._until, erased_at=erased_at, without=self._wanted.without_views()
        )
        text = files("tracker.proof").joinpath("templates/auditor.md").read_bytes()
        self.zip.add(README, text, deflate=True)
        self._files[README] = hashlib.sha256(text).hexdigest()
        return Manifest(
            checkpoints=self._checkpoints,
            erased=self._erased,
            evidence=self._evidence,
            events=self.signed.size,
            files=self._files,
            origin=self.signed.origin,
            payloads=self._payloads,
            software=SOFTWARE,
            tags=self._wanted.tags,
            until=self._until,
            views=views,
            views_left_out=left_out,
            with_evidence=self._wanted.with_evidence,
        )

    def close(self, manifest: str) -> None:
        """Add the signed manifest and the zip's directory."""
        self.zip.add(MANIFEST, manifest.encode())
        self.zip.close()

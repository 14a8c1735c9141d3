"""The signer: says, at most once for every state of the log, what its root is.

     log ─head, root─→ consistent with what was signed last? ─no─→ Conflict: restored, or rewritten
                                │ yes
                                ▼
    sign → remember on disk → ask for a time stamp → publish in the log

A crash after remembering leaves a note that nobody has seen; the next run publishes that one.
"""

import asyncio
import base64
import logging
from datetime import datetime, timedelta

import msgspec

from tracker.clock import STEP, Clock, lately
from tracker.domain.base import EVERYTHING, Recorded
from tracker.domain.checkpoint import CheckpointPublished, PublishCheckpoint, checkpoint_id
from tracker.domain.errors import Conflict, NotFound, Refused, TrackerError, Unavailable
from tracker.execute import Executor
from tracker.log.read import Reader
from tracker.proof.checkpoint import Checkpoint
from tracker.proof.memory import Memory
from tracker.proof.note import SignerKey, VerifierKey, open_note
from tracker.proof.published import last_published
from tracker.proof.tiles import Tiles
from tracker.proof.timestamp import Stamp
from tracker.proof.tree import verify_consistency
from tracker.tables.users import Users

TICK_S = 5.0
_AFTER_FAULT_S = 60.0
USER = "checkpoint-signer"
_PAGE = 3
_WAY_OUT = "`tracker checkpoint --new-origin` starts a new origin"
log = logging.getLogger(__name__)


class Signed(msgspec.Struct, frozen=True):
    """A note that was signed, and what it says."""

    note: str
    checkpoint: Checkpoint


class Signer:
    """Signs and publishes checkpoints; of all signers on one folder, one at a time.

    On its own it signs when an event has waited for `every_s` seconds, never where that is 0.
    """

    def __init__(
        self,
        *,
        memory: Memory,
        tiles: Tiles,
        reader: Reader,
        executor: Executor,
        users: Users,
        clock: Clock,
        every_s: int = 0,
        stamp: Stamp | None = None,
    ) -> None:
        self._memory = memory
        self._tiles = tiles
        self._reader = reader
        self._executor = executor
        self._users = users
        self._clock = clock
        self._every_s = every_s
        self._stamp = stamp
        self._signed_at: datetime | None = None

    def verifier(self) -> VerifierKey:
        """The key by which others check the signatures, made if there is none yet."""
        key = self._memory.kept_key()
        if key is None:
            with self._memory.held():
                key = self._memory.key()
        return key.verifier

    def vouch(self, text: str) -> str:
        """The signed note of a text that is no checkpoint; Refused where it is one."""
        try:
            Checkpoint.parse(text)
        except Refused:
            return self._memory.key().sign(text)
        raise Refused("a checkpoint is signed as one, or not at all")

    async def checkpoint(self, *, new_origin: bool = False) -> str:
        """Sign and publish the log as it stands; the signed note.

        Where nothing but checkpoints came since the last one, that one is the answer. Raises
        NotFound for an empty log, Conflict where the log does not continue what was signed last
        or where another process is signing.
        """
        with self._memory.held():
            key = self._memory.new_origin() if new_origin else self._memory.key()
            last = self._last(key)
            head = await self._reader.head()
            if last is not None and head < last.checkpoint.size:
                raise _restored(f"it ends at {head}, but was signed to {last.checkpoint.size}")
            if head == 0:
                raise NotFound("the log is empty: there is nothing to sign")
            checkpoint = Checkpoint(key.name, head, await self._tiles.root_at(head))
            if last is None:
                await self._check_never_signed(key)
            else:
                await self._check_continues(last.checkpoint, checkpoint)
                await self._publish(last)
                if await self._waiting(last.checkpoint.size) is None:
                    return last.note
            signed = Signed(key.sign(checkpoint.text), checkpoint)
            # Once this is on the disk nothing else can be signed, whatever happens from here on.
            await asyncio.to_thread(self._memory.remember, signed.note)
            self._signed_at = self._clock()
            await self._publish(signed)
            return signed.note

    async def run(self) -> None:
        """Publish until cancelled, so that no event waits longer than it may."""
        while True:
            pause_s = TICK_S
            try:
                if self._every_s and await self.due():
                    await self.checkpoint()
            except TrackerError as fault:
                log.warning("no checkpoint was published: %s", fault)
                pause_s = _AFTER_FAULT_S
            await asyncio.sleep(pause_s)

    async def due(self) -> bool:
        """Whether the oldest event that no checkpoint covers has waited for long enough."""
        published = await last_published(self._reader)
        waiting = await self._waiting(published.size if published else 0)
        if waiting is None:
            return False
        now, every = self._clock(), timedelta(seconds=self._every_s)
        if waiting.recorded_at > now + STEP:
            # Recorded before the clock stepped back, or since: in the log time never does.
            return not lately(self._signed_at, now, every)
        return now - waiting.recorded_at >= every

    def _last(self, key: SignerKey) -> Signed | None:
        """What was signed last for this origin; Conflict where somebody touched the file."""
        note = self._memory.signed()
        if note is None:
            return None
        name = note.partition("\n")[0]
        try:
            checkpoint = Checkpoint.parse(open_note(note, [VerifierKey(name, key.verifier.public)]))
        except Refused as wrong:
            raise Conflict(
                f"{self._memory.folder / 'signed'} is not what was signed: {wrong}"
            ) from wrong
        return Signed(note, checkpoint) if name == key.name else None

    async def _check_continues(self, last: Checkpoint, now: Checkpoint) -> None:
        proof = await self._tiles.consistency(last.size, now.size)
        try:
            verify_consistency(last.size, now.size, proof, last.root, now.root)
        except Refused as wrong:
            raise _restored(wrong.message) from wrong

    async def _check_never_signed(self, key: SignerKey) -> None:
        published = await last_published(self._reader)
        if published is not None and published.origin == key.name:
            raise Conflict(
                f"{self._memory.folder / 'signed'} is missing, but {published.size} events were "
                f"signed: put it back, or {_WAY_OUT}"
            )

    async def _publish(self, signed: Signed) -> None:
        origin, size, root = (
            signed.checkpoint.origin,
            signed.checkpoint.size,
            signed.checkpoint.root.hex(),
        )
        if await self._reader.by_ids([checkpoint_id(origin, size, root)]):
            return
        stamp = await self._stamped(signed.note)
        command = PublishCheckpoint(
            origin=origin, size=size, root=root, note=signed.note, timestamp=stamp
        )
        actor = (await self._users.ensure(USER, "system")).actor()
        await self._executor.execute(command, actor)

    async def _stamped(self, note: str) -> str | None:
        if self._stamp is None:
            return None
        try:
            return base64.b64encode(await self._stamp(note.encode())).decode()
        except Unavailable as fault:
            log.warning("a checkpoint goes out without a time stamp: %s", fault)
            return None

    async def _waiting(self, after: int) -> Recorded | None:
        """The first event after a position that is no checkpoint."""
        while page := await self._reader.read(EVERYTHING, after=after, limit=_PAGE):
            for recorded in page:
                if recorded.type != CheckpointPublished.type:
                    return recorded
            after = page[-1].position
        return None


def _restored(reason: str) -> Conflict:
    return Conflict(
        f"the log does not continue what was signed ({reason}): was it restored from an older "
        f"backup? {_WAY_OUT}"
    )

"""Conditional append: requests that arrive while a commit is under way go together in the next.

A conflict is a result for its own request and does not touch its neighbours. Where a batch fails
as a whole, each request is run again alone; where the connection is lost, the same bytes are sent
again, which their ids make safe.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import psycopg
from psycopg.types.json import Jsonb

from tracker.domain.base import Actor, Condition, NewEvent
from tracker.domain.errors import (
    Conflict,
    OtherContent,
    Refused,
    TooLarge,
    TrackerError,
    Unavailable,
)
from tracker.log.database import Database
from tracker.log.envelope import Encoded, encoded

APPEND = """
select request, outcome, first_position, last_position, stamped
from log.append(%(request)b::int[], %(id)b::uuid[], %(type)b::text[], %(head)b::bytea[],
                %(tail)b::bytea[], %(salt)b::bytea[], %(payload)b::bytea[],
                %(tag_event)b::int[], %(tag)b::text[], %(conditions)b::jsonb)
"""
EVENTS_PER_REQUEST = 10_000
REQUEST_BYTES = 256_000_000
_EVENTS_PER_BATCH = 10_000
_BATCH_BYTES = 64_000_000
_RESENDS = 5


class Appended(msgspec.Struct, frozen=True):
    """Where a request's events stand; `repeated` if they were there already."""

    first_position: int
    last_position: int
    recorded_at: datetime
    repeated: bool


class _Waiting(msgspec.Struct):
    """A request in the queue, and the caller who waits for it."""

    events: list[Encoded]
    condition: Condition | None
    size_bytes: int
    future: asyncio.Future[Appended]


class Appender:
    """The one door through which events reach the log."""

    def __init__(
        self, database: Database, *, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._database = database
        self._entropy = entropy
        self._queue: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None

    async def append(
        self,
        events: Sequence[NewEvent],
        actor: Actor,
        correlation_id: UUID,
        condition: Condition | None = None,
    ) -> Appended:
        """Append all events or none.

        Raises Conflict where the condition fails or an id holds other content, Refused where an
        id comes twice, TooLarge over 10,000 events or 256 MB, Unavailable where the database
        stays away.
        """
        if not 1 <= len(events) <= EVENTS_PER_REQUEST:
            raise TooLarge(f"{len(events)} events in one request: send 1 to {EVENTS_PER_REQUEST}")
        ready = [encoded(new, actor, correlation_id, self._entropy(32)) for new in events]
        if len({e.id for e in ready}) < len(ready):
            raise Refused("id: the same id comes twice in one request", field="id")
        size = sum(len(e.head) + len(e.tail) + len(e.payload) for e in ready)
        if size > REQUEST_BYTES:
            raise TooLarge(f"{size} bytes in one request are over {REQUEST_BYTES}: send fewer")
        waiting = _Waiting(ready, condition, size, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await waiting.future

    async def _flush(self) -> None:
        while self._queue:
            batch = self._take()
            if not batch:
                continue
            try:
                await self._send(batch)
            except TrackerError as fault:
                _fail(batch, fault)
            except psycopg.Error:
                await self._send_alone(batch)
            finally:
                # Whatever ended this, nobody may wait for ever on an answer that cannot come.
                _fail(batch, Unavailable("the log was closed before it answered; try again"))

    def _take(self) -> list[_Waiting]:
        """The next batch; who was cancelled while waiting is left out."""
        batch: list[_Waiting] = []
        count = size_bytes = 0
        while self._queue and count < _EVENTS_PER_BATCH and size_bytes < _BATCH_BYTES:
            waiting = self._queue.pop(0)
            if not waiting.future.done():
                batch.append(waiting)
                count += len(waiting.events)
                size_bytes += waiting.size_bytes
        return batch

    async def _send_alone(self, batch: list[_Waiting]) -> None:
        for waiting in batch:
            try:
                await self._send([waiting])
            except TrackerError as fault:
                _fail([waiting], fault)
            except psycopg.Error as fault:
                reason = str(fault).partition("\n")[0]
                _fail([waiting], TrackerError(f"the log refused the request: {reason}"))

    async def _send(self, batch: list[_Waiting]) -> None:
        params = _parameters(batch)
        for attempt in range(_RESENDS):
            try:
                rows = await self._database.fetch(APPEND, params)
                break
            except Unavailable:
                if attempt == _RESENDS - 1:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)
        else:
            return
        for request, outcome, first, last, stamped in rows:
            index: int = request - 1
            future = batch[index].future
            if future.done():
                continue
            match outcome:
                case "appended" | "repeated":
                    future.set_result(Appended(first, last, stamped, outcome == "repeated"))
                case "conflict":
                    future.set_exception(Conflict("the log moved on since it was read"))
                case _:
                    future.set_exception(OtherContent("an id of this request holds other content"))


def _fail(batch: list[_Waiting], fault: TrackerError) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(type(fault)(fault.message, field=fault.field))


def _parameters(batch: list[_Waiting]) -> dict[str, object]:
    numbered = [(i, e) for i, waiting in enumerate(batch, 1) for e in waiting.events]
    tags = [(n, tag) for n, (_, e) in enumerate(numbered, 1) for tag in e.tags]
    return {
        "request": [i for i, _ in numbered],
        "id": [e.id for _, e in numbered],
        "type": [e.type for _, e in numbered],
        "head": [e.head for _, e in numbered],
        "tail": [e.tail for _, e in numbered],
        "salt": [e.salt for _, e in numbered],
        "payload": [e.payload for _, e in numbered],
        "tag_event": [n for n, _ in tags],
        "tag": [tag for _, tag in tags],
        "conditions": Jsonb([_condition(w.condition) for w in batch]),
    }


def _condition(condition: Condition | None) -> dict[str, object] | None:
    if condition is None or not condition.fail_if.items:
        return None
    items = [{"tags": list(i.tags), "types": list(i.types)} for i in condition.fail_if.items]
    return {"after": condition.after, "items": items}

"""Conditional append: requests that arrive while a commit is under way go together in the next.

A conflict is a result for its own request and does not touch its neighbours. Where a batch fails
as a whole, each request is run again alone; where the connection is lost, the same bytes are sent
again, which their ids make safe.
"""

import asyncio
import math
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec
import psycopg

from tracker.domain.base import Actor, Condition, NewEvent
from tracker.domain.errors import Refused, TooLarge, TrackerError, Unavailable
from tracker.log.batch import APPEND, Appended, Request, answers, parameters
from tracker.log.database import Database
from tracker.log.envelope import encoded

EVENTS_PER_REQUEST = 10_000
REQUEST_BYTES = 256_000_000
_EVENTS_PER_BATCH = 10_000
_REQUESTS_PER_BATCH = 512
_BATCH_BYTES = 64_000_000
_RESENDS = 5
_REMEMBERED_S = 60.0
# One batch is made ready and its answers handed out while the database works on the other.
_UNDER_WAY = 2
# So many requests that come at once go in two halves, so that the two stay two; for fewer the
# second commit would cost more than is gained.
_WORTH_SHARING = 16


class _Waiting(msgspec.Struct, frozen=True):
    """A request in the queue, and the caller who waits for it."""

    request: Request
    size_bytes: int
    future: asyncio.Future[Appended]


class Appender:
    """The one door through which events reach the log."""

    def __init__(
        self, database: Database, *, entropy: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._database = database
        self._entropy = entropy
        self._queue: deque[_Waiting] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushing = 0
        self._under_way = 0
        self._trouble = ""
        self._troubled_at = -math.inf

    def trouble(self) -> str | None:
        """Why nothing could be appended within the last minute; None where all is well."""
        fresh = asyncio.get_running_loop().time() - self._troubled_at < _REMEMBERED_S
        return self._trouble if fresh else None

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
        ready = tuple(encoded(new, actor, correlation_id, self._entropy(32)) for new in events)
        if len({e.id for e in ready}) < len(ready):
            raise Refused("id: the same id comes twice in one request", field="id")
        request = Request(ready, condition)
        size = request.size_bytes
        if size > REQUEST_BYTES:
            raise TooLarge(f"{size} bytes in one request are over {REQUEST_BYTES}: send fewer")
        waiting = _Waiting(request, size, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._flushing < _UNDER_WAY:
            self._flushing += 1
            task = asyncio.create_task(self._flush())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await waiting.future

    async def _flush(self) -> None:
        try:
            while self._queue:
                if batch := self._take():
                    await self._settle(batch)
        finally:
            self._flushing -= 1

    async def _settle(self, batch: list[_Waiting]) -> None:
        self._under_way += 1
        try:
            await self._send(batch)
        except TrackerError as fault:
            _fail(batch, fault)
        except psycopg.Error:
            await self._send_alone(batch)
        finally:
            self._under_way -= 1
            # Whatever ended this, nobody may wait for ever on an answer that cannot come.
            _fail(batch, Unavailable("the log was closed before it answered; try again"))

    def _take(self) -> list[_Waiting]:
        """The next batch: no id in two of its requests, and nobody who was cancelled waiting."""
        batch: list[_Waiting] = []
        ids: set[UUID] = set()
        size_bytes = 0
        most = _REQUESTS_PER_BATCH
        another_is_free = self._flushing - self._under_way > 1
        if another_is_free and len(self._queue) >= _WORTH_SHARING:
            most = min(most, (len(self._queue) + 1) // 2)
        while self._queue and len(batch) < most:
            waiting = self._queue[0]
            own = {e.id for e in waiting.request.events}
            full = len(ids) + len(own) > _EVENTS_PER_BATCH or size_bytes > _BATCH_BYTES
            if batch and (full or not ids.isdisjoint(own)):
                break
            self._queue.popleft()
            if not waiting.future.done():
                batch.append(waiting)
                ids |= own
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
        requests = [waiting.request for waiting in batch]
        params = parameters(requests)
        for attempt in range(_RESENDS):
            try:
                [row] = await self._database.fetch(APPEND, params)
                break
            except Unavailable as fault:
                self._trouble = fault.message
                self._troubled_at = asyncio.get_running_loop().time()
                if attempt == _RESENDS - 1:
                    raise
                await asyncio.sleep(0.1 * 2**attempt)
        else:
            return
        self._troubled_at = -math.inf
        for waiting, answer in zip(batch, answers(requests, *row), strict=True):
            if waiting.future.done():
                continue
            if isinstance(answer, Appended):
                waiting.future.set_result(answer)
            else:
                waiting.future.set_exception(answer)


def _fail(batch: list[_Waiting], fault: TrackerError) -> None:
    for waiting in batch:
        if not waiting.future.done():
            waiting.future.set_exception(type(fault)(fault.message, field=fault.field))

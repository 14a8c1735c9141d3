"""The writer of decisions: read what one depends on, decide, append under that condition."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from tracker.clock import Clock
from tracker.domain.base import (
    Actor,
    Command,
    Condition,
    Given,
    NewEvent,
    Past,
    Query,
    Recorded,
)  # fmt: skip
from tracker.domain.document import documents
from tracker.domain.errors import Conflict, OtherContent
from tracker.domain.ids import derived, timed
from tracker.domain.values import checked
from tracker.log.append import Appended, Appender
from tracker.log.evidence import Evidence
from tracker.log.read import Reader
from tracker.logs import request

_ATTEMPTS = 20
_PAUSE_S = 0.01
_READS = 5
_IDS = 256  # more than any command takes until it has its first event
log = logging.getLogger(__name__)


class Done(msgspec.Struct, frozen=True):
    """What a command led to; no position where nothing had to be written."""

    events: tuple[NewEvent, ...]
    position: int
    repeated: bool = False


class Executor:
    """Runs commands for people and machines alike."""

    def __init__(
        self,
        reader: Reader,
        appender: Appender,
        evidence: Evidence,
        clock: Clock,
        *,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._reader = reader
        self._appender = appender
        self._evidence = evidence
        self._clock = clock
        self._entropy = entropy

    def trouble(self) -> str | None:
        """Why nothing could be recorded within the last minute; None where all is well."""
        return self._appender.trouble()

    async def execute(
        self,
        command: Command,
        actor: Actor,
        *,
        idempotency_key: str | None = None,
        first: Callable[[Sequence[NewEvent]], None] | None = None,
    ) -> Done:
        """Decide and append; retried while others write what the decision depends on.

        With an idempotency key the ids follow from user and key, so that the same request sent
        again is answered with what it led to the first time; the same key with another content
        is a Conflict. `first` is called with the events before each attempt to append them.
        """
        command = command.normal()
        for attempt in range(_ATTEMPTS):
            new_ids = _Ids(self._clock, self._entropy, actor.user, idempotency_key)
            head = await self._reader.head()
            earlier = await self._reader.by_ids(new_ids.first(_IDS)) if idempotency_key else []
            if earlier:
                # Decided again on what was known then, it leads to the same events, or it is
                # another command under the same key.
                head = earlier[0].position - 1
            query, past = await self._read(command, head)
            given = Given(self._clock(), new_ids.next, actor, await self._texts(command, past))
            events = [
                msgspec.structs.replace(new, event=checked(new.event))
                for new in command.decide(past, given)
            ]
            if earlier and not await self._all_there(events):
                raise Conflict("the idempotency key was used for another request")
            if not events:
                return Done((), head)
            if first is not None:
                first(events)
            try:
                appended = await self._append(events, actor, query, head)
            except OtherContent:
                raise
            except Conflict:
                # Whoever lost waits for a moment of chance, longer each time, so that of many
                # who race for one thing the same one does not lose over and over.
                await asyncio.sleep(attempt * _PAUSE_S * self._entropy(1)[0] / 255)
                continue
            return Done(tuple(events), appended.last_position, appended.repeated)
        raise Conflict("others kept writing what this depends on; try again")

    async def preview(self, command: Command, actor: Actor) -> list[NewEvent]:
        """What the command would append now; nothing is written."""
        command = command.normal()
        _, past = await self._read(command, await self._reader.head())
        new_ids = _Ids(self._clock, self._entropy, actor.user, None)
        given = Given(self._clock(), new_ids.next, actor, await self._texts(command, past))
        return command.decide(past, given)

    async def _all_there(self, events: Sequence[NewEvent]) -> bool:
        ids = [new.id for new in events]
        return len(await self._reader.by_ids(ids)) == len(ids)

    async def _append(
        self, events: list[NewEvent], actor: Actor, query: Query, head: int
    ) -> Appended:
        correlation = timed(self._clock(), self._entropy(10))
        appended = await self._appender.append(events, actor, correlation, Condition(query, head))
        if request.get():
            # The line bears the request's id, and so leads from it to what it wrote.
            log.info("recorded up to position %d as %s", appended.last_position, correlation)
        return appended

    async def _read(self, command: Command, head: int) -> tuple[Query, list[Recorded]]:
        past: list[Recorded] = []
        query = command.reads(past)
        for _ in range(_READS):
            past = await self._reader.read_all(query, before=head) if query.items else []
            wider = command.reads(past)
            if wider == query:
                break
            query = wider
        return query, past

    async def _texts(self, command: Command, past: Past) -> dict[str, str]:
        if not command.needs_texts:
            return {}
        hashes = {sha for state in documents(past).values() for sha in state.sha256s()}
        kept = await self._evidence.get_many(sorted(hashes))
        return {sha: data.decode() for sha, data in kept.items()}


class _Ids:
    """New ids: of time and chance, or of the idempotency key and a count."""

    def __init__(
        self, clock: Clock, entropy: Callable[[int], bytes], user: str, key: str | None
    ) -> None:
        self._clock = clock
        self._entropy = entropy
        self._user = user
        self._key = key
        self._count = 0

    def next(self) -> UUID:
        if self._key is None:
            return timed(self._clock(), self._entropy(10))
        self._count += 1
        return self._keyed(self._count)

    def first(self, count: int) -> list[UUID]:
        return [self._keyed(n) for n in range(1, count + 1)]

    def _keyed(self, count: int) -> UUID:
        return derived("request", self._user, self._key or "", str(count))

"""What every write shares: one way to carry a command out and to say what it led to."""

from typing import Annotated

import msgspec
from litestar import Response
from litestar.params import HeaderParameter

from tracker.api.access import Caller, OpenParts
from tracker.domain.base import Actor, Command
from tracker.execute import Done
from tracker.parts import Parts

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="Send a write again with the same key and it is answered, not done twice.",
    ),
]


class Appended(msgspec.Struct, frozen=True):
    """One event that a write led to."""

    event: str
    type: str


class Written(msgspec.Struct, frozen=True):
    """What a write led to; no event where things stood like that already."""

    event: str | None
    type: str | None
    position: int
    repeated: bool
    events: tuple[Appended, ...]


class Writer:
    """Carries commands out for the caller of a request."""

    def __init__(self, parts: Parts, actor: Actor, key: str | None) -> None:
        self._parts = parts
        self.actor = actor
        self.key = key

    async def __call__(self, command: Command) -> Response[Written]:
        """Carry out and answer: 201 with the last event, or 200 where nothing had to be written."""
        done = await self.done(command)
        return written(done, 201 if done.events else 200)

    async def ending(self, command: Command) -> Response[Written]:
        """Carry out what ends something, and answer 200."""
        return written(await self.done(command), 200)

    async def done(self, command: Command) -> Done:
        """Carry out and say what came of it."""
        return await self._parts.executor.execute(command, self.actor, idempotency_key=self.key)


async def provide_writer(
    request: Caller,
    parts: OpenParts,
    idempotency_key: IdempotencyKey = None,
) -> Writer:
    """The writer for whoever sent the request."""
    return Writer(parts, request.user.actor(), idempotency_key)


def written(done: Done, status: int) -> Response[Written]:
    """The answer to a write."""
    events = tuple(Appended(str(new.id), new.event.type) for new in done.events)
    last = events[-1] if events else None
    body = Written(
        event=last.event if last else None,
        type=last.type if last else None,
        position=done.position,
        repeated=done.repeated,
        events=events,
    )
    headers = {"Tracker-Position": str(done.position)}
    if last:
        headers["Location"] = f"/api/v1/events/{last.event}"
    return Response(body, status_code=status, headers=headers)

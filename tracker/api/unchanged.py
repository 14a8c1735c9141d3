"""A caller who has the answer already is told so before anything else is done.

The tag of an answer follows from the address and from where the views stand. What it was, and under
which standing, is remembered; while that is so, a request with the tag needs no handler, only the
standing, the token's owner and the token's rate, all of which are asked as ever.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar.exceptions import TooManyRequestsException
from litestar.types import ASGIApp, Receive, Scope, Send

from tracker.api.rates import TOLD, Rates
from tracker.api.standing import Stand, Standing
from tracker.clock import Clock
from tracker.domain.base import Role
from tracker.domain.errors import TrackerError

UNCHANGED = "unchanged"
STATE = "tracker_reading"
_MOST = 4096
Key = tuple[bytes, bytes, bytes]
Hook = Callable[[Any, Scope], Awaitable[None]]


class Answered(msgspec.Struct, frozen=True):
    """The tag of an answer, what it was of, and who may have it."""

    tag: str
    stand: Stand
    minute: datetime
    """Days begin with a minute, wherever they begin: until it is over, today is today."""
    roles: tuple[Role, ...]
    told: dict[str, str]
    """The headers that say position, checkpoint and tag."""


class Memory:
    """The tags of this process's latest answers, by address and accepted forms."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: dict[Key, Answered] = {}

    def keep(
        self, scope: Scope, stand: Stand, roles: tuple[Role, ...], told: dict[str, str]
    ) -> None:
        """Remember the tag of the answer that a request is about to get."""
        key = _key(scope)
        # What waits for a position may not be answered before it is reached.
        if b"min_position" in key[1]:
            return
        if len(self._answers) >= _MOST:
            self._answers.clear()
        self._answers[key] = Answered(told["etag"], stand, self._minute(), roles, dict(told))

    def find(self, scope: Scope, given: str) -> Answered | None:
        """The answer that the caller has, as far as this process remembers."""
        known = self._answers.get(_key(scope))
        if known is None or known.minute != self._minute():
            return None
        return known if has(known.tag, given) else None

    def _minute(self) -> datetime:
        return self._clock().replace(second=0, microsecond=0)


def _key(scope: Scope) -> Key:
    accepted = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return scope["raw_path"], scope["query_string"], accepted


def has(tag: str, given: str) -> bool:
    """Whether a tag is among those of If-None-Match, by the weak comparison (RFC 9110, 8.8.3.2)."""
    return _bare(tag) in map(_bare, given.split(","))


def _bare(tag: str) -> str:
    return tag.strip().removeprefix("W/")


class Unchanged:
    """An application before which 304 is answered, where it would be answered behind it."""

    def __init__(
        self, app: ASGIApp, memory: Memory, standing: Standing, rates: Rates, *hooks: Hook
    ) -> None:
        """`hooks` put headers on an answer, as those of the application do."""
        self._app = app
        self._memory = memory
        self._standing = standing
        self._rates = rates
        self._hooks = hooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 304, or pass the request on."""
        known = await self._known(scope) if scope["type"] == "http" else None
        if known is None:
            await self._app(scope, receive, send)
            return
        message: Any = {"type": "http.response.start", "status": 304, "headers": []}
        for hook in self._hooks:
            await hook(message, scope)
        await send(message)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _known(self, scope: Any) -> Answered | None:
        """What the caller has and may have; None wherever anything is out of the ordinary."""
        if scope["method"] != "GET":
            return None
        given = authorization = ""
        for name, value in scope["headers"]:
            if name == b"if-none-match":
                given = value.decode("latin-1")
            elif name == b"authorization":
                authorization = value.decode("latin-1")
        kind, _, token = authorization.partition(" ")
        known = self._memory.find(scope, given) if given and kind.lower() == "bearer" else None
        if known is None:
            return None
        try:
            user = await self._standing.caller(token.strip())
            if user is None or user.role not in (*known.roles, "admin", "system"):
                return None
            if await self._standing.now() != known.stand:
                return None
            limits = self._rates.take(authorization)
        except (TrackerError, TooManyRequestsException):
            return None  # whoever answers it says so better
        scope["state"] = {**scope.get("state", {}), STATE: known.told, TOLD: limits}
        return known

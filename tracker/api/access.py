"""Who may do what: every route says the least role, and this guard holds callers to it."""

import re
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Any, Literal

from litestar.connection import ASGIConnection, Request
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from tracker.api.formats import choose
from tracker.api.rates import RATES, TOLD, Rates
from tracker.api.standing import STANDING, Standing
from tracker.domain.base import Role
from tracker.domain.errors import Refused
from tracker.parts import Parts
from tracker.tables.users import User

Caller = Request[User, None, State]
"""A request of somebody known."""
Least = Literal["public", "local", "reader", "analyst", "auditor", "admin"]
"""`public` asks for nothing, `local` for a token unless the caller is on this machine."""

PUBLIC: dict[str, Least] = {"role": "public"}
LOCAL: dict[str, Least] = {"role": "local"}
READER: dict[str, Least] = {"role": "reader"}
ANALYST: dict[str, Least] = {"role": "analyst"}
ADMIN: dict[str, Least] = {"role": "admin"}

ALLOWED: dict[str, tuple[Role, ...]] = {
    "local": ("reader", "analyst", "auditor"),
    "reader": ("reader", "analyst", "auditor"),
    "analyst": ("analyst",),
    "auditor": ("auditor",),
    "admin": ("admin",),
}
SESSION_COOKIE = "tracker_session"
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_NEGOTIATED = "/api/"
_PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip")

OpenParts = NamedDependency[SkipValidation[Parts]]
"""The parts as a handler is given them; checked by the type checker and not at every request."""

Connection = ASGIConnection[Any, Any, Any, Any]


async def admit(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let a caller through whose role suffices; a route without a role lets nobody through."""
    _check_text(connection)
    if connection.scope["type"] == "http" and connection.scope["method"] == "OPTIONS":
        # Litestar answers it by itself, with the methods that the address takes and nothing else.
        return
    least: Least = handler.opt["role"]
    if least != "public" and not (least == "local" and _on_this_machine(connection)):
        user = await _user(connection)
        user.must_be(*ALLOWED[least])
        connection.scope["user"] = user
        _count(connection)
    if connection.scope["path"].startswith(_NEGOTIATED):
        choose(connection, handler)


def _check_text(connection: Connection) -> None:
    """PostgreSQL stores no NUL and UTF-8 has no half characters, so no parameter may hold one."""
    named = [*connection.query_params.multi_items(), *connection.path_params.items()]
    for name, value in named:
        if isinstance(value, str) and (_NOT_TEXT.search(value) or _NOT_TEXT.search(name)):
            raise Refused(f"{name!r}: has a NUL or half a character in it", field=name)


async def _user(connection: Connection) -> User:
    users = _parts(connection).users
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        standing: Standing = connection.app.state[STANDING]
        known = await standing.caller(token.strip()) if scheme.lower() == "bearer" else None
        if known is None:
            raise NotAuthorizedException("the token is unknown, revoked or expired")
        return known
    session = connection.cookies.get(SESSION_COOKIE)
    # A cookie comes along with forged requests too; what writes here takes a token.
    if session and connection.scope["type"] == "http" and connection.scope["method"] == "GET":
        known = await users.resolve(session, "session")
        if known is not None:
            return known
    raise NotAuthorizedException("send a token: `Authorization: Bearer <token>`")


def _count(connection: Connection) -> None:
    """Hold a token to its rate; who has a session clicks, and is not counted."""
    token = connection.headers.get("authorization")
    if token:
        rates: Rates = connection.app.state[RATES]
        connection.scope["state"][TOLD] = rates.take(token)


def still_known(connection: Connection) -> Callable[[], Awaitable[bool]]:
    """Asks whether a caller is let in still: a token may end while a stream goes on."""

    async def known() -> bool:
        try:
            await _user(connection)
        except NotAuthorizedException:
            return False
        return True

    return known


def _parts(connection: Connection) -> Parts:
    return connection.app.state["parts"]


def _on_this_machine(connection: Connection) -> bool:
    if connection.headers.get("authorization") or connection.client is None:
        return False
    if any(header in connection.headers for header in _PROXIED):
        return False
    try:
        return ip_address(connection.client.host).is_loopback
    except ValueError:
        return False

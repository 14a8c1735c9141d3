"""`/users`: who may use the tracker, for admins."""

from typing import Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody

from tracker.api.access import ADMIN, OpenParts
from tracker.domain.errors import NotFound, Refused
from tracker.domain.values import checked
from tracker.tables.users import User


class Users(msgspec.Struct, frozen=True):
    """Everybody, by name."""

    users: list[User]


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to be let in."""

    name: str
    role: Literal["reader", "analyst", "auditor", "admin"]


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a token is for."""

    label: str | None = None


class Token(msgspec.Struct, frozen=True):
    """A new token; only its hash is kept, so this is the one time to read it."""

    user: UUID
    token: str


class UserRoutes(Controller):
    """Users and their tokens."""

    path = "/users"
    tags = ("users",)

    @get("/", opt=ADMIN)
    async def users(self, parts: OpenParts) -> Users:
        """Everybody, by name."""
        return Users(await parts.users.all())

    @post("/", opt=ADMIN)
    async def create(self, parts: OpenParts, data: JSONBody[NewUser]) -> User:
        """Let somebody in; Conflict if the name is taken."""
        new = checked(data)
        if not 1 <= len(new.name.strip()) <= 200:
            raise Refused("name: must have 1 to 200 characters", field="name")
        return await parts.users.create(new.name, new.role)

    @post("/{user:uuid}/tokens", opt=ADMIN)
    async def issue(
        self,
        parts: OpenParts,
        user: FromPath[UUID],
        data: JSONBody[NewToken | None] = None,
    ) -> Token:
        """Give a user a token."""
        known = next((u for u in await parts.users.all() if u.id == user), None)
        if known is None:
            raise NotFound(f"user: there is no user {user}", field="user")
        label = checked(data).label if data else None
        return Token(user, await parts.users.issue(known, "token", label))

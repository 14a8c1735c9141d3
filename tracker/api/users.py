"""`/users`: who may use the tracker and by what they get in, for admins."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from tracker.api.access import ADMIN, OpenParts
from tracker.api.once import Once
from tracker.domain.errors import NotFound, Refused
from tracker.tables.users import Credential, User


class Users(msgspec.Struct, frozen=True):
    """Everybody, by name."""

    users: list[User]


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to be let in."""

    name: str
    role: Literal["reader", "analyst", "auditor", "admin"]


class NewRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody may do from now on."""

    role: Literal["reader", "analyst", "auditor", "admin"]


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a token is for, and for how many days; a year by default."""

    label: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None


class Credentials(msgspec.Struct, frozen=True):
    """What somebody can still get in with, the newest first; no secret is shown."""

    credentials: list[Credential]


class Ended(msgspec.Struct, frozen=True):
    """How many credentials do not work any more."""

    ended: int


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
    async def create(
        self, parts: OpenParts, data: JSONBody[NewUser], once: NamedDependency[Once]
    ) -> User:
        """Let somebody in; Conflict if the name is taken."""
        if not 1 <= len(data.name.strip()) <= 200:
            raise Refused("name: must have 1 to 200 characters", field="name")
        return await once(User, lambda: parts.users.create(data.name, data.role))

    @post("/{user:uuid}/tokens", opt=ADMIN)
    async def issue(
        self,
        parts: OpenParts,
        user: FromPath[UUID],
        once: NamedDependency[Once],
        data: JSONBody[NewToken | None] = None,
    ) -> Token:
        """Give a user a token."""
        known = await parts.users.known(user)
        given = data or NewToken()

        async def issued() -> Token:
            return Token(user, await parts.users.issue(known, "token", given.label, given.days))

        return await once(Token, issued)

    @post("/{user:uuid}/role", opt=ADMIN, status_code=200)
    async def set_role(
        self,
        parts: OpenParts,
        user: FromPath[UUID],
        data: JSONBody[NewRole],
        once: NamedDependency[Once],
    ) -> User:
        """Let somebody do more or less from now on."""
        known, role = await parts.users.known(user), data.role
        return await once(User, lambda: parts.users.set_role(known, role))

    @get("/{user:uuid}/credentials", opt=ADMIN)
    async def credentials(self, parts: OpenParts, user: FromPath[UUID]) -> Credentials:
        """What somebody can still get in with."""
        return Credentials(await parts.users.credentials(await parts.users.known(user)))

    @delete("/{user:uuid}/credentials", opt=ADMIN, status_code=200)
    async def end_all(
        self, parts: OpenParts, user: FromPath[UUID], once: NamedDependency[Once]
    ) -> Ended:
        """Shut somebody out: every token, session and link ends."""
        known = await parts.users.known(user)

        async def ended() -> Ended:
            return Ended(await parts.users.end(known))

        return await once(Ended, ended)

    @delete("/{user:uuid}/credentials/{credential:str}", opt=ADMIN, status_code=200)
    async def end(
        self,
        parts: OpenParts,
        user: FromPath[UUID],
        credential: FromPath[str],
        once: NamedDependency[Once],
    ) -> Ended:
        """End one token, session or link; 404 where there is none of that id."""
        known = await parts.users.known(user)

        async def ended() -> Ended:
            found = Ended(await parts.users.end(known, credential))
            if not found.ended:
                raise NotFound("credential: there is none of that id", field="credential")
            return found

        return await once(Ended, ended)

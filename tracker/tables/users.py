"""Users and what proves who they are: tokens, sessions and one-time login links, stored hashed."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tracker.clock import Clock
from tracker.domain.base import Actor, Role
from tracker.domain.errors import Conflict, Forbidden, NotFound
from tracker.domain.ids import timed
from tracker.log.database import Database

CREATE = """
insert into app.users (id, name, role, created_at)
values (%(id)s, %(name)s, %(role)s, %(created_at)s) on conflict (name) do nothing
"""
BY_NAME = "select id, name, role from app.users where name = %(name)s"
ALL = "select id, name, role from app.users order by name"
ISSUE = """
insert into app.credential (secret_sha256, kind, user_id, label, created_at, expires_at)
values (%(secret)s, %(kind)s, %(user)s, %(label)s, %(created_at)s, %(expires_at)s)
"""
RESOLVE = """
select u.id, u.name, u.role from app.credential c join app.users u on u.id = c.user_id
where c.secret_sha256 = %(secret)s and c.kind = %(kind)s
  and (c.expires_at is null or c.expires_at > %(now)s)
"""
REVOKE = "delete from app.credential where secret_sha256 = %(secret)s and kind = %(kind)s"
SET_ROLE = "update app.users set role = %(role)s where id = %(id)s"
CREDENTIALS = """
select encode(substr(secret_sha256, 1, 8), 'hex'), kind, label, created_at, expires_at
from app.credential where user_id = %(user)s and (expires_at is null or expires_at > %(now)s)
order by created_at desc
"""
END = """
delete from app.credential where user_id = %(user)s
    and (%(id)s::text is null or encode(substr(secret_sha256, 1, 8), 'hex') = %(id)s)
"""
Kind = Literal["token", "session", "login-link"]
_LIFETIME: dict[Kind, timedelta] = {
    "token": timedelta(days=365),
    "session": timedelta(days=14),
    "login-link": timedelta(hours=24),
}


class User(msgspec.Struct, frozen=True):
    """Somebody who may use the tracker, in one role."""

    id: UUID
    name: str
    role: Role

    def actor(self) -> Actor:
        """The user as events name them: by random id, never by name."""
        return Actor(str(self.id), self.role)

    def must_be(self, *roles: Role) -> None:
        """Raise Forbidden unless the user has one of the roles, or is an admin."""
        if self.role not in (*roles, "admin", "system"):
            raise Forbidden(f"this needs the role {' or '.join(roles)}; {self.name} is {self.role}")


class Credential(msgspec.Struct, frozen=True):
    """A token, session or link that still works; the id is the start of the secret's hash."""

    id: str
    kind: Kind
    label: str | None
    created_at: datetime
    expires_at: datetime | None


class Users:
    """The people and machines that act."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entropy = entropy

    async def create(self, name: str, role: Role) -> User:
        """A new user; Conflict if the name is taken."""
        user = User(timed(self._clock(), self._entropy(10)), name.strip(), role)
        fields = {**msgspec.structs.asdict(user), "created_at": self._clock()}
        if not await self._database.run(CREATE, fields):
            raise Conflict(f"name: there is a user {name!r} already", field="name")
        return user

    async def ensure(self, name: str, role: Role) -> User:
        """The user of that name, made if there is none."""
        try:
            return await self.named(name)
        except NotFound:
            try:
                return await self.create(name, role)
            except Conflict:
                return await self.named(name)

    async def named(self, name: str) -> User:
        """The user of that name, or NotFound."""
        rows = await self._database.fetch(BY_NAME, {"name": name})
        if not rows:
            raise NotFound(f"name: there is no user {name!r}", field="name")
        return User(*rows[0])

    async def all(self) -> list[User]:
        """Everybody, by name."""
        return [User(*row) for row in await self._database.fetch(ALL)]

    async def known(self, user: UUID) -> User:
        """The user with an id, or NotFound."""
        for one in await self.all():
            if one.id == user:
                return one
        raise NotFound(f"user: there is no user {user}", field="user")

    async def set_role(self, user: User, role: Role) -> User:
        """Let a user do more or less from now on; what was done stays under the old role."""
        await self._database.run(SET_ROLE, {"id": user.id, "role": role})
        return msgspec.structs.replace(user, role=role)

    async def credentials(self, user: User) -> list[Credential]:
        """What a user can still get in with, the newest first."""
        rows = await self._database.fetch(CREDENTIALS, {"user": user.id, "now": self._clock()})
        return [Credential(*row) for row in rows]

    async def end(self, user: User, credential: str | None = None) -> int:
        """End one of a user's credentials, or all of them; how many there were."""
        return await self._database.run(END, {"user": user.id, "id": credential})

    async def issue(
        self, user: User, kind: Kind, label: str | None = None, days: int | None = None
    ) -> str:
        """A new secret for a user; only its hash is kept, so this is the one time to read it.

        It works for so many days, or as long as its kind does.
        """
        secret = self._entropy(24).hex()
        now = self._clock()
        await self._database.run(
            ISSUE,
            {
                "secret": _hash(secret),
                "kind": kind,
                "user": user.id,
                "label": label,
                "created_at": now,
                "expires_at": now + (timedelta(days=days) if days else _LIFETIME[kind]),
            },
        )
        return secret

    async def resolve(self, secret: str, kind: Kind) -> User | None:
        """Whose secret it is, or None where it is unknown, revoked or too old."""
        key = {"secret": _hash(secret), "kind": kind, "now": self._clock()}
        rows = await self._database.fetch(RESOLVE, key)
        return User(*rows[0]) if rows else None

    async def redeem(self, login_link: str) -> User | None:
        """Whose login link it is; it works once."""
        user = await self.resolve(login_link, "login-link")
        return user if user and await self.revoke(login_link, "login-link") else None

    async def revoke(self, secret: str, kind: Kind) -> bool:
        """End a secret; whether there was one."""
        return bool(await self._database.run(REVOKE, {"secret": _hash(secret), "kind": kind}))


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()

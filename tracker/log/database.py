"""Connections to PostgreSQL: one pool a role, faults told apart from refusals."""

import asyncio
import contextlib
import math
import os
import socket
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tracker.domain.errors import Refused, Unavailable

Connection = AsyncConnection[TupleRow]

ROLES = (
    "tracker_append", "tracker_import", "tracker_view", "tracker_rebuild", "tracker_deliver",
    "tracker_erase",
)  # fmt: skip
NAME, OWNER = "tracker", "tracker_migrate"
"""The database of a server that is all ours, and who owns it."""
_SUPPORTED = range(15, 19)
# A server that only reads is away for whoever writes, until it is the first again.
_AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    PoolTimeout,
    errors.ReadOnlySqlTransaction,
)
# An operational error by its class, but the request's own fault: it would fail again.
_TOO_MUCH = (errors.ProgramLimitExceeded, errors.StatementTooComplex)
_RECONNECT_S = 5.0
_PREPARE_AFTER = 5
_TRUSTED_S = 1.0
_ANSWERS_S = 5.0
# A line that was cut says nothing. Both ends ask after 10 silent seconds and have given up by 25:
# we, so that the work goes on elsewhere; the server, so that it keeps no lock for who is gone.
_LINE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
SERVERS_LINE = """
select set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false),
    set_config('tcp_user_timeout', '25000', false)
"""


class _Pool(AsyncConnectionPool[Connection]):
    """A pool that waits only so long for a server which accepts what is sent and says nothing."""

    @staticmethod
    async def check_connection(conn: Connection) -> None:
        async with _answering(conn):
            await AsyncConnectionPool.check_connection(conn)


class Database:
    """A pool of connections that act under one role of the house.

    On a server of somebody else's the login is shared and the role is taken on at connect; on
    the embedded server the login is the role itself.
    """

    def __init__(
        self, url: str, role: str, *, most: int = 8, patience_s: float = 5.0, pooled: bool = False
    ) -> None:
        self.url = url
        self.role = role
        self.pooled = pooled
        self._checked: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._pool = _Pool(
            line(url),
            min_size=1,
            max_size=most,
            open=False,
            timeout=patience_s,
            # The pause between attempts doubles: given up early and begun anew, it stays short.
            reconnect_timeout=_RECONNECT_S,
            # Between two transactions a pooler hands over to a server that knows no statement of ours.
            kwargs={"autocommit": True, "prepare_threshold": None if pooled else _PREPARE_AFTER},
            configure=self._take_role,
            check=self._check,
            name=role,
        )

    async def _check(self, connection: Connection) -> None:
        """Ask whether the server is there, unless the connection was handed out just now."""
        now = asyncio.get_running_loop().time()
        if now - self._checked.get(connection, -math.inf) > _TRUSTED_S:
            await _Pool.check_connection(connection)
            self._checked[connection] = now

    async def _take_role(self, connection: Connection) -> None:
        async with _answering(connection):
            await connection.execute(sql.SQL("set role {}").format(sql.Identifier(self.role)))
            # Behind a pooler the line to the server is the pooler's.
            if not self.pooled:
                await connection.execute(SERVERS_LINE)

    async def open(self, *, wait_s: float = 30.0) -> None:
        """Connect; Unavailable where the server does not answer within the wait."""
        await self._pool.open()
        try:
            await self._pool.wait(timeout=wait_s)
        except _AWAY as fault:
            await self._pool.close()
            raise _unavailable(await self._reason(fault)) from fault

    async def _reason(self, fault: Exception) -> Exception:
        """Why the pool did not open: it only says that it waited."""
        try:
            async with await AsyncConnection.connect(line(self.url), autocommit=True) as connection:
                await self._take_role(connection)
        except psycopg.Error as reason:
            return reason
        return fault

    async def close(self) -> None:
        """Give all connections back."""
        await self._pool.close()

    def connections(self) -> dict[str, int]:
        """How many connections are open and idle, and how many callers wait for one."""
        known = self._pool.get_stats()
        names = {"open": "pool_size", "idle": "pool_available", "awaited": "requests_waiting"}
        return {name: known.get(stat, 0) for name, stat in names.items()}

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection in autocommit; Unavailable where the server is away."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except _TOO_MUCH:
            raise
        except _AWAY as fault:
            raise _unavailable(fault) from fault

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Connection]:
        """A connection within one READ COMMITTED transaction."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def fetch(self, query: Any, params: Any = None) -> list[TupleRow]:
        """All rows of one statement, in binary; asked again where the connection was cut.

        So a statement that writes must be one that may be repeated.
        """
        try:
            return await self._fetch(query, params)
        except Unavailable as fault:
            if isinstance(fault.__cause__, PoolTimeout):
                raise
            await self._pool.check()
            return await self._fetch(query, params)

    async def _fetch(self, query: Any, params: Any) -> list[TupleRow]:
        try:
            connection = await self._pool.getconn()
            try:
                cursor = await connection.execute(query, params, binary=True)
                return await cursor.fetchall()
            finally:
                await self._pool.putconn(connection)
        except _TOO_MUCH:
            raise
        except _AWAY as fault:
            raise _unavailable(fault) from fault

    async def require_answer(self) -> None:
        """Raise Unavailable unless the server answers within five seconds."""
        async with self.connection() as connection, _answering(connection):
            await AsyncConnectionPool.check_connection(connection)

    async def run(self, query: Any, params: Any = None) -> int:
        """Run one statement; the number of rows that it touched."""
        async with self.connection() as connection:
            return (await connection.execute(query, params)).rowcount

    async def listen(self, channel: str) -> Connection:
        """A connection of its own that hears NOTIFY; the caller closes it."""
        try:
            connection = await AsyncConnection.connect(line(self.url), autocommit=True)
        except _AWAY as fault:
            raise _unavailable(fault) from fault
        try:
            await connection.execute(SERVERS_LINE)
            await connection.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
        except psycopg.Error:
            await connection.close()
            raise
        return connection


def line(url: str) -> str:
    """How to connect so that a line which is cut is noticed; what the URL itself says wins."""
    return make_conninfo("", **(_LINE | conninfo_to_dict(url)))


@asynccontextmanager
async def _answering(connection: Connection) -> AsyncGenerator[None]:
    """Hang up on a server that takes too long for what takes no time.

    A cancelled statement would wait for its answer all the same.
    """

    def hang_up() -> None:
        with (
            contextlib.suppress(psycopg.Error, OSError),
            socket.socket(fileno=os.dup(connection.fileno())) as end,
        ):
            end.shutdown(socket.SHUT_RDWR)

    timer = asyncio.get_running_loop().call_later(_ANSWERS_S, hang_up)
    try:
        yield
    finally:
        timer.cancel()


def without_password(url: str) -> tuple[str, str | None]:
    """How to connect, for the eyes of others, and the password apart."""
    fields = conninfo_to_dict(url)
    password = fields.pop("password", None)
    return make_conninfo("", **fields), None if password is None else str(password)


def _unavailable(fault: BaseException) -> Unavailable:
    first = str(fault).strip().splitlines()
    reason = first[0] if first else type(fault).__name__
    if isinstance(fault, errors.DiskFull):
        return Unavailable(f"the database's disk is full ({reason}); nothing was lost, try again")
    if isinstance(fault, errors.ReadOnlySqlTransaction):
        takes_none = "the database takes no changes, as a standby or one that is being restored"
        return Unavailable(f"{takes_none} ({reason}); nothing was lost, try again")
    return Unavailable(f"the database does not answer ({reason}); nothing was lost, try again")


async def create_database(superuser_url: str, name: str, owner: str, roles: Iterable[str]) -> None:
    """Make the owner, the roles with login and the database on a server that is all ours."""
    async with await AsyncConnection.connect(superuser_url, autocommit=True) as connection:
        for role in (owner, *roles):
            known = await connection.execute("select from pg_roles where rolname = %s", (role,))
            if not await known.fetchall():
                await connection.execute(
                    sql.SQL("create role {} login").format(sql.Identifier(role))
                )
            if role != owner:
                grant = sql.SQL("grant {} to {}")
                await connection.execute(grant.format(sql.Identifier(role), sql.Identifier(owner)))
        known = await connection.execute("select from pg_database where datname = %s", (name,))
        if not await known.fetchall():
            await connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(name), sql.Identifier(owner)
                )
            )


async def check_version(connection: Connection) -> None:
    """Refuse a PostgreSQL that is not supported, or a database that holds no Unicode."""
    major = connection.info.server_version // 10000
    if major not in _SUPPORTED:
        raise Refused(f"PostgreSQL {major} is not supported: use 15 to 18")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Refused(f"the database's encoding is {encoding}: make it with encoding UTF8")

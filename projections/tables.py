"""Rows of views ↔ tables of PostgreSQL: made from the row types, filled and read by them."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from projections.columns import columns
from projections.view import R, Row
from tracker.log.database import Database

_AT_ONCE = 5000
_json = msgspec.json.Encoder()


def table_name(row: type[Row], suffix: str = "") -> sql.Identifier:
    """The name of the table of a row type, as SQL."""
    return sql.Identifier("view", row.table + suffix)


def named(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(n) for n in names)


async def put(
    connection: AsyncConnection[TupleRow], row: type[R], rows: Sequence[R], suffix: str = ""
) -> None:
    """Insert rows, or replace those with the same key; no two of them have the same."""
    table, names = table_name(row, suffix), named(c.name for c in columns(row))
    # As JSON they are one parameter of one statement, whatever types their columns have.
    statement = sql.SQL(
        "insert into {} ({}) select {} from json_populate_recordset(null::{}, %s::json){}"
    ).format(table, names, names, table, _replacing(row))
    for low in range(0, len(rows), _AT_ONCE):
        await connection.execute(statement, [_json.encode(rows[low : low + _AT_ONCE]).decode()])


def _replacing(row: type[Row]) -> sql.Composed:
    others = [c.name for c in columns(row) if c.name not in row.key]
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(n)) for n in others
    )
    action = sql.SQL("update set {}").format(updates) if others else sql.SQL("nothing")
    return sql.SQL(" on conflict ({}) do {}").format(named(row.key), action)


async def take(
    connection: AsyncConnection[TupleRow],
    row: type[Row],
    keys: Sequence[tuple[Any, ...]],
    suffix: str = "",
) -> None:
    """Delete the rows with these keys, as far as there are any."""
    if not keys:
        return
    statement = sql.SQL("delete from {} where ({}) in ({})").format(
        table_name(row, suffix), named(row.key), _given(row, row.key)
    )
    await connection.execute(statement, _arrays(keys))


async def fetch(
    connection: AsyncConnection[TupleRow],
    row: type[R],
    names: Sequence[str],
    values: Sequence[Any],
    suffix: str = "",
) -> list[R]:
    """The rows whose columns have one of the values; a value of several columns is a tuple."""
    statement = sql.SQL("select {} from {} where ({}) in ({})").format(
        named(c.name for c in columns(row)),
        table_name(row, suffix),
        named(names),
        _given(row, names),
    )
    keys = values if len(names) > 1 else [(value,) for value in values]
    cursor = await connection.execute(statement, _arrays(keys), binary=True)
    return [loaded(row, found) for found in await cursor.fetchall()]


async def hold(connection: AsyncConnection[TupleRow], rows: Sequence[type[Row]]) -> None:
    """Keep the tables of row types from being exchanged until the transaction ends."""
    # By the alphabet, as whoever exchanges them locks them.
    names = sorted(row.table for row in rows)
    named = sql.SQL(", ").join(sql.Identifier("view", name) for name in names)
    await connection.execute(sql.SQL("lock table {} in access share mode").format(named))


async def scan(
    connection: AsyncConnection[TupleRow], row: type[R], suffix: str = ""
) -> AsyncGenerator[list[R]]:
    """All rows in their order, some at a time; within a transaction."""
    statement = sql.SQL("select {} from {} order by {}").format(
        named(c.name for c in columns(row)), table_name(row, suffix), named(row.ordered_by())
    )
    async with connection.cursor("scan") as cursor:
        await cursor.execute(statement, binary=True)
        while found := await cursor.fetchmany(_AT_ONCE):
            yield [loaded(row, values) for values in found]


def _given(row: type[Row], names: Sequence[str]) -> sql.Composed:
    """Parameters, one array a column, as rows to compare with."""
    types_of = {c.name: c.sql_type.split()[0] for c in columns(row)}
    arrays = sql.SQL(", ").join(sql.SQL("%s::" + types_of[n] + "[]") for n in names)  # pyright: ignore[reportArgumentType]  types are constants of ours
    return sql.SQL("select * from unnest({})").format(arrays)


def _arrays(keys: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*keys, strict=True)]


def loaded(row: type[R], values: TupleRow) -> R:
    """The row of the values of its columns, in their order."""
    given = list(values)
    for place, convert in _converted(row):
        value = given[place]
        if value is not None:
            given[place] = convert(value)
    return row(**dict(zip(row.__struct_fields__, given, strict=True)))


@cache
def _converted(row: type[Row]) -> list[tuple[int, Callable[[Any], Any]]]:
    """The columns whose values the row holds in another form than the driver, and how so."""
    found = [(place, column.converting()) for place, column in enumerate(columns(row))]
    return [(place, convert) for place, convert in found if convert is not None]


class Views:
    """The rows of views for reading, as the doors and the alert matcher need them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def database(self) -> Database:
        """For statements that `select` does not say."""
        return self._database

    async def select(
        self,
        row: type[R],
        *,
        equal: Mapping[str, Any] | None = None,
        within: Mapping[str, Sequence[Any]] | None = None,
        overlap: Mapping[str, Sequence[str]] | None = None,
        before: Mapping[str, Any] | None = None,
        order: Sequence[str] = (),
        descending: bool = False,
        limit: int = 1000,
    ) -> list[R]:
        """Rows of a table that meet every condition.

        `equal` compares, `within` takes one of several values, `overlap` an array that shares a
        value, `before` columns below values as a row (for the next page of a descending order).
        """
        parts: list[sql.Composed] = []
        values: list[Any] = []
        for name, value in (equal or {}).items():
            parts.append(sql.SQL("{} = %s").format(sql.Identifier(name)))
            values.append(value)
        for name, several in (within or {}).items():
            parts.append(sql.SQL("{} = any (%s)").format(sql.Identifier(name)))
            values.append(list(several))
        for name, several in (overlap or {}).items():
            parts.append(sql.SQL("{} && %s::text[]").format(sql.Identifier(name)))
            values.append(list(several))
        if before:
            places = sql.SQL(", ").join(sql.Placeholder() * len(before))
            parts.append(sql.SQL("({}) < ({})").format(named(before), places))
            values += before.values()
        where = sql.SQL(" where {}").format(sql.SQL(" and ").join(parts)) if parts else sql.SQL("")
        direction = sql.SQL(" desc nulls last" if descending else "")
        by = sql.SQL(", ").join(sql.Identifier(n) + direction for n in (*order, *row.key))
        statement = sql.SQL("select {} from {}{} order by {} limit %s").format(
            named(c.name for c in columns(row)), table_name(row), where, by
        )
        found = await self._database.fetch(statement, [*values, limit])
        return [loaded(row, r) for r in found]

    async def among(
        self, row: type[R], names: Sequence[str], values: Sequence[tuple[Any, ...]]
    ) -> list[R]:
        """The rows whose columns have one of the values, each a tuple of one for each column."""
        if not values:
            return []
        keys = values if len(names) > 1 else [value for (value,) in values]
        async with self._database.transaction() as connection:
            return await fetch(connection, row, names, keys)

    async def counts(self, row: type[Row], column: str) -> dict[str, int]:
        """How many rows have each value of a column."""
        statement = sql.SQL("select {0}, count(*) from {1} group by {0}").format(
            sql.Identifier(column), table_name(row)
        )
        return dict(await self._database.fetch(statement))

"""The tables of row types: made, indexed and looked over."""

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from projections.columns import columns
from projections.tables import named, table_name
from projections.view import Row


async def create(
    connection: AsyncConnection[TupleRow], row: type[Row], suffix: str = "", *, bare: bool = False
) -> None:
    """Make the table of a row type, empty; an older one is dropped.

    A bare one has neither key nor indexes yet: `index` adds them once its rows are there.
    """
    parts = [
        sql.SQL("{} {}{}").format(
            sql.Identifier(c.name),
            sql.SQL(c.sql_type),  # pyright: ignore[reportArgumentType]  one of our own constants
            sql.SQL("" if c.nullable else " not null"),
        )
        for c in columns(row)
    ]
    parts += [
        sql.SQL("{} bigint generated always as ({}) stored").format(
            sql.Identifier(name),
            sql.SQL(how),  # pyright: ignore[reportArgumentType]  as above
        )
        for name, how in row.generated.items()
    ]
    table = table_name(row, suffix)
    await connection.execute(sql.SQL("drop table if exists {}").format(table))
    await connection.execute(
        sql.SQL("create table {} ({})").format(table, sql.SQL(", ").join(parts))
    )
    await connection.execute(
        sql.SQL("grant select on {} to tracker_append, tracker_deliver").format(table)
    )
    await connection.execute(
        sql.SQL("grant select, insert, update, delete on {} to tracker_view").format(table)
    )
    if not bare:
        await index(connection, row, suffix)


async def index(connection: AsyncConnection[TupleRow], row: type[Row], suffix: str = "") -> None:
    """Give a bare table its key and its indexes."""
    table = table_name(row, suffix)
    key = (*row.generated, *row.key) if row.final else row.key
    made = [sql.SQL("alter table {} add primary key ({})").format(table, named(key))]
    by_name = {c.name: c for c in columns(row)}
    for names in row.indexes:
        first = by_name.get(names[0])
        gin = first is not None and len(names) == 1 and (first.is_array or first.is_json)
        # Nobody asks for the rows that have no such text, and those may be most.
        partial = first is not None and first.nullable and first.is_text
        only = " where {} is not null" if partial else ""
        made.append(
            sql.SQL("create index on {} using {} ({})" + only).format(
                table, sql.SQL("gin" if gin else "btree"), named(names), sql.Identifier(names[0])
            )
        )
    # At once, so that the database goes on while whoever asks for it does something else.
    await connection.execute(sql.SQL("; ").join(made))


async def analyze(connection: AsyncConnection[TupleRow], row: type[Row], suffix: str = "") -> None:
    """Let the database take stock of a table, unless something else looks after it just now.

    Only of what it is asked by: of the other columns it does so by itself before long.
    """
    indexed = (name for names in row.indexes for name in names)
    asked = named(dict.fromkeys((*row.generated, *row.key, *indexed)))
    statement = sql.SQL("analyze (skip_locked) {} ({})")
    await connection.execute(statement.format(table_name(row, suffix), asked))

"""Rows into tables by COPY, as CSV."""

from collections.abc import Iterator, Sequence

from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from projections.dump import Dump
from projections.lines import names, written
from projections.tables import named, table_name
from projections.view import Row

_AT_ONCE = 250
# Each time that something is sent costs a turn of the event loop; what does not fit a socket has to
# wait until the database has read it.
_SENT_AT_ONCE = 500


async def copy_in(
    connection: AsyncConnection[TupleRow],
    row: type[Row],
    rows: Sequence[Row],
    suffix: str = "",
    state: Dump | None = None,
    *,
    frozen: bool = False,
) -> None:
    """Append rows to a table; their keys are new. `state` takes the same rows in their order.

    Rows can be `frozen`, as vacuum leaves them, in a table that the same savepoint made.
    """
    statement = sql.SQL(
        "copy {} ({}) from stdin (format csv, null 'null', escape '\\', encoding 'utf8', freeze {})"
    ).format(table_name(row, suffix), named(names(row)), frozen)
    async with connection.cursor().copy(statement) as copy:
        for low in range(0, len(rows), _SENT_AT_ONCE):
            await copy.write(b"".join(_written(row, rows[low : low + _SENT_AT_ONCE], state)))


def _written(row: type[Row], rows: Sequence[Row], state: Dump | None) -> Iterator[bytes]:
    for low in range(0, len(rows), _AT_ONCE):
        some = rows[low : low + _AT_ONCE]
        lines = written(row, some)
        if state is not None:
            state.take(lines.dump(), len(some))
        yield lines.csv()

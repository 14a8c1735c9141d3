"""Rows that may be too many for memory, in a temporary file that is gone with its process."""

import sqlite3
from types import TracebackType
from typing import Any, Self

_CACHE_KIB = 16_000


class Scratch:
    """A private SQLite file; small ones never leave the memory."""

    def __init__(self, schema: str) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute(f"pragma cache_size = -{_CACHE_KIB}")
        # Nobody reads it after a crash.
        self._connection.execute("pragma journal_mode = off")
        self._connection.execute("pragma synchronous = off")
        self._connection.executescript(schema)

    def __enter__(self) -> Self:
        self._connection.execute("begin")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def put(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Run a statement for each row; sqlite3.IntegrityError where a key comes twice."""
        self._connection.executemany(statement, rows)

    def rows(self, query: str, *params: Any) -> sqlite3.Cursor:
        """The rows of a query, one after the other."""
        return self._connection.execute(query, params)

    def one(self, query: str, *params: Any) -> Any:
        """The first row of a query, or None."""
        return self._connection.execute(query, params).fetchone()

"""How the fields of a row type are stored: one column of PostgreSQL each."""

import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache, partial
from operator import methodcaller
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from projections.view import Row

_TYPES: dict[Any, str] = {
    int: "bigint",
    str: 'text collate "C"',
    bool: "boolean",
    date: "date",
    datetime: "timestamptz",
}
_ARRAYS: dict[Any, str] = {tuple[str, ...]: "text[]", tuple[int, ...]: "bigint[]"}
_IN_UTC = methodcaller("astimezone", UTC)


class Column(msgspec.Struct, frozen=True):
    """How one field of a row is stored."""

    name: str
    sql_type: str
    nullable: bool
    shape: Any

    @property
    def is_array(self) -> bool:
        """Whether it is stored as an array."""
        return self.sql_type.endswith("[]")

    @property
    def is_text(self) -> bool:
        """Whether it is stored as text."""
        return self.sql_type.startswith("text ")

    @property
    def is_json(self) -> bool:
        """Whether it is stored as jsonb."""
        return self.sql_type == "jsonb"

    @property
    def is_instant(self) -> bool:
        """Whether it is stored as a point in time."""
        return self.sql_type == "timestamptz"

    def converting(self) -> Callable[[Any], Any] | None:
        """What makes of the driver's value, not null, that of the row; None where it is the same."""
        if self.is_json:
            return partial(msgspec.convert, type=self.shape)
        if self.is_instant:
            return _IN_UTC
        return tuple if self.is_array else None


@cache
def columns(row: type[Row]) -> tuple[Column, ...]:
    """The columns of a row type, in the order of its fields."""
    hints = get_type_hints(row)
    return tuple(_column(name, hints[name]) for name in row.__struct_fields__)


def _column(name: str, hint: Any) -> Column:
    nullable = False
    if get_origin(hint) in (Union, types.UnionType):
        inner = [a for a in get_args(hint) if a is not type(None)]
        nullable = len(inner) < len(get_args(hint))
        hint = inner[0] if len(inner) == 1 else hint
    if hint in _ARRAYS:
        return Column(name, _ARRAYS[hint], nullable, hint)
    if get_origin(hint) is dict and get_args(hint)[0] is not str:
        raise TypeError(f"{name}: the keys of a dict are text, as in JSON")
    literal = get_args(hint) and all(isinstance(a, str) for a in get_args(hint))
    return Column(name, _TYPES.get(str if literal else hint, "jsonb"), nullable, hint)

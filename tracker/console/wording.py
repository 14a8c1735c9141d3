"""What a replayed event changed, field by field, in words: ids as events and names, codes as they are read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec

from projections.replay import Altered, differing
from tracker.console.looks import look
from tracker.domain.base import Recorded


class Wording:
    """Puts rows and answers into words; `names` are those of parties."""

    def __init__(self, events: Sequence[Recorded], names: Mapping[str, str]) -> None:
        self.names = dict(names)
        self._known = self.names | {str(r.id): f"event {r.position}" for r in events}

    def row(self, change: Altered) -> str:
        """Which row of a view it is."""
        key = ", ".join(filter(None, map(self._said, change.key)))
        return f"{change.view.replace('_', ' ')}: {key}"

    def fields(
        self, before: msgspec.Struct | None, after: msgspec.Struct | None
    ) -> tuple[tuple[str, str, str], ...]:
        """Name, before and after of each field that says something else now."""
        told = (
            (name.replace("_", " "), self._field(name, old), self._field(name, new))
            for name, old, new in differing(before, after)
        )
        return tuple((name, old, new) for name, old, new in told if old != new)

    def _field(self, name: str, value: Any) -> str:
        if name == "regime" and isinstance(value, str):
            return look(value).label
        return self._said(value)

    def _said(self, value: Any) -> str:
        """A value in words; nothing where there is none."""
        match value:
            case None:
                return ""
            case bool():
                return "yes" if value else "no"
            case datetime():
                return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
            case date():
                return value.isoformat()
            case str():
                return self._known.get(value, value)
            case msgspec.Struct():
                return self._pairs(msgspec.structs.asdict(value))
            case dict():
                return self._pairs(cast("dict[str, Any]", value))
            case tuple() | list() | set() | frozenset():
                return ", ".join(map(self._said, cast("Iterable[Any]", value)))
            case _:
                return str(value)

    def _pairs(self, pairs: Mapping[str, Any]) -> str:
        told = ((name.replace("_", " "), self._field(name, one)) for name, one in pairs.items())
        return "; ".join(f"{name} {said}" for name, said in told if said)

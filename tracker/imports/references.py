"""What an event refers to, read off the kinds of its fields; and whether that is known."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from uuid import UUID

from tracker.domain.base import Event
from tracker.domain.errors import Refused
from tracker.domain.fact import Fact
from tracker.domain.values import kinds

# An entity begins with an event of this type; every other event about it refers to it.
_BEGINS = {
    "document": "document-received",
    "draft": "draft-proposed",
    "feed": "feed-added",
    "party": "party-named",
}
_BEGIN_THEMSELVES = ("policy",)


class Reference(NamedTuple):
    """A field that names something: an entity by its tag, or an event by its id (no tag)."""

    field: str
    value: str
    tag: str | None

    @property
    def key(self) -> str:
        """What stands for it among the things that are known."""
        return self.tag or self.value

    def missing(self) -> str:
        """The sentence where it is not known."""
        noun = self.tag.partition(":")[0] if self.tag else "event or policy"
        return f"{self.field}: no {noun} {self.value} is in the log or earlier in the file"


class _Plan(NamedTuple):
    """The fields of a class of events that refer to something."""

    entities: tuple[str, ...]
    events: tuple[str, ...]
    parties: tuple[str, ...]


@cache
def _plan(kind: type[Event]) -> _Plan:
    ids = [name for name, value_kind in kinds(kind).items() if value_kind == "id"]
    entities = tuple(n for n in ids if n in _BEGINS and _BEGINS[n] != kind.type)
    others = tuple(n for n in ids if n not in _BEGINS and n not in _BEGIN_THEMSELVES)
    parties = tuple(name for name, value_kind in kinds(kind).items() if value_kind == "party")
    return _Plan(entities, others, parties)


def references(event: Event) -> Iterator[Reference]:
    """Everything that the event refers to; Refused where a party is a name and no id."""
    plan = _plan(type(event))
    for field in plan.entities:
        for name, value in _values(event, field):
            yield Reference(name, value, f"{field}:{value}")
    for field in plan.events:
        for name, value in _values(event, field):
            yield Reference(name, value, None)
    for field in plan.parties:
        for name, value in _values(event, field):
            if not _is_id(value):
                raise Refused(
                    f"{name}: {value!r} is a name; an import needs the id of a party that is named"
                    " in the log or earlier in the file",
                    field=name,
                )
            yield Reference(name, value, f"party:{value}")
    if isinstance(event, Fact):
        for i, citation in enumerate(event.citations):
            tag = f"document:{citation.document}"
            yield Reference(f"citations[{i}].document", citation.document, tag)


def _values(event: Event, field: str) -> Iterator[tuple[str, str]]:
    """The field's values with the path to each; none where it is not given."""
    value: str | tuple[str, ...] | None = getattr(event, field)
    if isinstance(value, tuple):
        for i, one in enumerate(value):
            yield f"{field}[{i}]", one
    elif value is not None:
        yield field, value


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False

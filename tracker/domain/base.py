"""What an event, a command and a decision are; every noun builds on these.

    command ─ reads ─→ query ─ the log ─→ past ─ decide(past, given) ─→ new events
                                                                        │ append, if nothing
                                                                        ▼ new matches the query
                                                                       log

`decide` is a pure function: time, new ids, the texts of cited documents and the person come in
with `Given`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal, Self
from uuid import UUID

import msgspec

from tracker.domain.errors import Refused
from tracker.domain.values import checked

Role = Literal["reader", "analyst", "auditor", "admin", "system"]


class Actor(msgspec.Struct, frozen=True, gc=False):
    """Who acted, in which role, and for whom."""

    user: str
    role: Role
    on_behalf_of: str | None = None


class Facets(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an event can be filtered by: a pure function of its payload, never in the leaf."""

    countries: tuple[str, ...] = ()
    destination: str | None = None
    nationalities: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    metric: str | None = None
    policy: str | None = None
    incident: str | None = None
    documents: tuple[str, ...] = ()
    occurred: str | None = None


class Event(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    # What is read by the thousand and never points back needs no garbage collector: it is the
    # larger half of the time that decoding takes.
    gc=False,
):
    """Something that happened; the subclass is its payload.

    `type` is frozen once the first event of it is written, and defaults are never changed: a
    field that holds its default is not stored.
    """

    type: ClassVar[str]
    schema_version: ClassVar[int] = 1

    def tags(self) -> tuple[str, ...]:
        """Identity tags besides `type:`; they stand in the leaf and can never be erased."""
        return ()

    def facets(self) -> Facets:
        """What this event can be filtered by."""
        return Facets()

    def headline(self, name: Callable[[str], str]) -> str:
        """One line for people; `name` turns a party id into its name."""
        return self.type.replace("-", " ")


class NewEvent(msgspec.Struct, frozen=True):
    """An event that a decision wants appended."""

    id: UUID
    event: Event
    causation_id: UUID | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event with its envelope, as the log holds it; `event` is None once erased."""

    position: int
    id: UUID
    type: str
    schema_version: int
    recorded_at: datetime
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None
    tags: tuple[str, ...]
    event: Event | None


class Item(msgspec.Struct, frozen=True):
    """Events that carry all of the tags and are of one of the types (any type where empty)."""

    tags: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def fits(self, type_name: str, tags: Collection[str]) -> bool:
        """Whether an event of a type with these tags is one of them."""
        return (not self.types or type_name in self.types) and all(t in tags for t in self.tags)


class Query(msgspec.Struct, frozen=True):
    """Events that fit at least one of the items: no items fit nothing, an empty item everything."""

    items: tuple[Item, ...] = ()

    def __or__(self, other: "Query") -> "Query":
        return Query(tuple(dict.fromkeys(self.items + other.items)))


EVERYTHING = Query((Item(),))


def tagged(*tags: str) -> Query:
    """The query for events that carry at least one of the tags."""
    return Query(tuple(Item((tag,)) for tag in dict.fromkeys(tags)))


class Condition(msgspec.Struct, frozen=True):
    """Fail the append if an event after the position fits the query."""

    fail_if: Query
    after: int = 0


class Given(msgspec.Struct, frozen=True):
    """What a decision may not fetch by itself."""

    now: datetime
    new_id: Callable[[], UUID]
    actor: Actor
    texts: Mapping[str, str]
    """Stored text by its SHA-256, for the documents among the events read."""


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that somebody wants done."""

    needs_texts: ClassVar[bool] = False

    def normal(self) -> Self:
        """The command with every field in normal form; Refused names the one that is wrong."""
        return checked(self)

    def reads(self, past: "Past") -> Query:
        """What the decision depends on; asked again with what was read, until it is stable."""
        raise NotImplementedError

    def decide(self, past: "Past", given: Given) -> list[NewEvent]:
        """The events to append; raises Refused, NotFound or Conflict with one sentence."""
        raise NotImplementedError


Past = Sequence[Recorded]


def first_tag(prefix: str, tags: Sequence[str]) -> str | None:
    """The rest of the first tag with the prefix, such as the id in `draft:…`."""
    return next((tag[len(prefix) :] for tag in tags if tag.startswith(prefix)), None)


def require(condition: object, sentence: str, field: str | None = None) -> None:
    """Refuse with the sentence unless the condition holds."""
    if not condition:
        raise Refused(sentence, field=field)

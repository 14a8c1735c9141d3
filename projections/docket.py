"""Conflicts as rows: opened, joined by further facts, resolved; used by the view of conflicts.

A conflict has two sides. A fact that is retracted, replaced or corrected leaves its conflicts; one
that has nobody left on a side is resolved by the event that took the last away.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar, Literal

import msgspec

from projections.overlay import Overlay
from projections.view import Row
from tracker.domain.base import Recorded

Kind = Literal[
    "contradicts", "not-comparable", "observed-differs", "outranked", "drift", "disputed"
]
Side = Literal["a", "b"]
ASSERTED = "asserted|"
"""How the topic of a conflict begins that an analyst asserted."""


class Conflict(Row, frozen=True, kw_only=True):
    """One disagreement between facts, with its reason in words and how it ended."""

    table: ClassVar[str] = "conflict"
    key: ClassVar[tuple[str, ...]] = ("conflict",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (
        ("topic", "status"),
        ("subject", "status"),
        ("decided", "status"),
        ("status", "opened_at"),
        ("opened_at",),
        ("countries",),
    )

    conflict: str
    """Its topic and the position at which it was opened."""
    topic: str
    """What disagrees with what: only one conflict of a topic is open at a time."""
    kind: Kind
    status: Literal["open", "resolved"] = "open"
    subject: str
    """The cell (`EC|CN`), the series (`border-entries|EC|CN`), the incident, or a fact."""
    reason: str
    facts: tuple[str, ...]
    """One event of each side: first what decides, or was there before."""
    countries: tuple[str, ...] = ()
    nationalities: tuple[str, ...] = ()
    """Of a change that is outranked: for whom."""
    passport_type: str | None = None
    purpose: str | None = None
    regime: str | None = None
    """Of an entry rule: what is observed, or what the outranked change says."""
    decided: str | None = None
    """Whose change decides: destination and code, group or `*` (`EC|EU`); of an outranked change
    the destination alone."""
    first_on: date | None = None
    """The first day on which it was observed so."""
    latest_on: date | None = None
    opened_at: int
    opened_on: datetime
    resolved_at: int | None = None
    resolved_on: datetime | None = None
    resolved_by: str | None = None
    """The event that resolved it."""
    resolved_user: str | None = None
    resolution: str | None = None
    """Why it is over, in words."""
    explained: bool = False
    """Whether an analyst settled it and no fact went."""


class ConflictFact(Row, frozen=True, kw_only=True):
    """A fact that takes a side in a conflict."""

    table: ClassVar[str] = "conflict_fact"
    key: ClassVar[tuple[str, ...]] = ("conflict", "event")
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("event",),)

    conflict: str
    event: str
    side: Side
    on: date | None = None
    """The day of an observation."""
    origins: tuple[str, ...] = ()
    """Who says so, of a dispute."""


class Relation(Row, frozen=True, kw_only=True):
    """What an analyst held two facts to be to each other, and how that was settled."""

    table: ClassVar[str] = "relation"
    key: ClassVar[tuple[str, ...]] = ("event",)
    indexes: ClassVar[tuple[tuple[str, ...], ...]] = (("a",), ("b",), ("kind",), ("position",))

    event: str
    position: int
    recorded_at: datetime
    a: str
    b: str
    kind: str
    reason: str
    user: str
    resolved_at: int | None = None
    resolved_by: str | None = None
    resolution: str | None = None


class Docket:
    """The conflicts while one event is folded."""

    def __init__(self, over: Overlay, recorded: Recorded) -> None:
        self.over = over
        self._recorded = recorded
        self._left: dict[str, str] = {}

    def begin(self, topic: str, **fields: Any) -> Conflict:
        """A new conflict of a topic; the facts are to join it."""
        new = Conflict(
            conflict=f"{topic}@{self._recorded.position}",
            topic=topic,
            opened_at=self._recorded.position,
            opened_on=self._recorded.recorded_at,
            **fields,
        )
        self.over.put(new)
        return new

    def opened(self, topic: str) -> Conflict | None:
        """The open conflict of a topic."""
        return self.over.first(Conflict, ("topic", "status"), (topic, "open"))

    def explained(self, topic: str) -> Conflict | None:
        """The conflict of a topic that an analyst settled."""
        settled = self.over.find(Conflict, ("topic", "status"), (topic, "resolved"))
        return next((c for c in settled if c.explained), None)

    def join(self, conflict: str, event: str, side: Side, **more: Any) -> None:
        """Put a fact on a side."""
        self.over.put(ConflictFact(conflict=conflict, event=event, side=side, **more))

    def leave(self, event: str, why: str, *, asserted: bool = True) -> None:
        """Take a fact out of its conflicts, those that were asserted too unless said otherwise."""
        for member in self.over.find(ConflictFact, "event", event):
            if not asserted and member.conflict.startswith(ASSERTED):
                continue
            self.over.drop(member)
            self._left[member.conflict] = why

    def resolve(self, conflict: Conflict, why: str, *, explained: bool = False) -> None:
        """End a conflict by the event being folded."""
        self.over.put(
            msgspec.structs.replace(
                conflict,
                status="resolved",
                resolved_at=self._recorded.position,
                resolved_on=self._recorded.recorded_at,
                resolved_by=str(self._recorded.id),
                resolved_user=self._recorded.actor.user,
                resolution=why,
                explained=explained,
            )
        )

    def members(self, conflict: str) -> list[ConflictFact]:
        """The facts of a conflict, those that decide first."""
        found = self.over.find(ConflictFact, "conflict", conflict)
        return sorted(found, key=lambda m: (m.side, m.on or date.min, m.event))

    def close(self) -> None:
        """Resolve what was left with an empty side; the last thing done with an event."""
        for key, why in self._left.items():
            conflict = self.over.first(Conflict, "conflict", key)
            if conflict is None or conflict.status != "open":
                continue
            members = self.members(key)
            if {m.side for m in members} != {"a", "b"}:
                self.resolve(conflict, why)
            else:
                self.over.put(_again(conflict, members))


def _again(conflict: Conflict, members: Iterable[ConflictFact]) -> Conflict:
    """The conflict with a fact of each side that is still there, and its days anew."""
    first: dict[str, str] = {}
    for member in members:
        first.setdefault(member.side, member.event)
    days = [m.on for m in members if m.on]
    return msgspec.structs.replace(
        conflict,
        facts=tuple(first[side] for side in sorted(first)),
        first_on=min(days, default=None),
        latest_on=max(days, default=None),
    )

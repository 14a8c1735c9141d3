"""Relations: what an analyst holds two facts to be to each other, and how it was settled."""

from typing import ClassVar, Literal, Self

import msgspec

from tracker.domain.base import Command, Event, Given, NewEvent, Past, Query, Recorded, tagged
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.merging import reason_given
from tracker.domain.standing import require_fact
from tracker.domain.values import Id, checked_value

RelationKind = Literal[
    "contradicts", "not-comparable", "corroborates", "same-origin", "same-incident", "part-of",
    "drift", "distinct-from", "supersedes", "responds-to",
]  # fmt: skip

# In which it matters which of the two is named first.
_DIRECTED = ("part-of", "supersedes", "responds-to")
# Which a view finds by itself, so that there is something to settle without an assertion.
_FOUND = ("contradicts", "not-comparable", "drift")


class RelationAsserted(Event, frozen=True, kw_only=True):
    """`a` stands in this relation to `b`; both are ids of facts or of incidents."""

    type: ClassVar[str] = "relation-asserted"

    a: Id
    b: Id
    kind: RelationKind
    reason: str

    def tags(self) -> tuple[str, ...]:
        """Both facts."""
        return (f"target:{self.a}", f"target:{self.b}")

    def headline(self, name: object) -> str:
        """What they are to each other, and why."""
        return f"{self.kind.replace('-', ' ').capitalize()}: {self.reason}"


class RelationResolved(Event, frozen=True, kw_only=True):
    """The relation is settled: a disagreement is explained, or an assertion does not hold."""

    type: ClassVar[str] = "relation-resolved"

    a: Id
    b: Id
    kind: RelationKind
    reason: str

    def tags(self) -> tuple[str, ...]:
        """Both facts."""
        return (f"target:{self.a}", f"target:{self.b}")

    def headline(self, name: object) -> str:
        """How it was settled."""
        return f"Settled ({self.kind.replace('-', ' ')}): {self.reason}"


class _Relate(Command, frozen=True, kw_only=True):
    """What both commands say; `named` are the events that the two ids lead to."""

    a: Id
    b: Id
    kind: RelationKind
    reason: str
    named: tuple[Recorded, ...] = ()

    def normal(self) -> Self:
        """The ids in normal form, and the reason without space around it."""
        return msgspec.structs.replace(
            self,
            a=checked_value(self.a, "id", "a"),
            b=checked_value(self.b, "id", "b"),
            reason=checked_value(reason_given(self.reason), None, "reason"),
        )

    def reads(self, past: Past) -> Query:
        """What was said of the two before, and what there is under them as incidents."""
        return tagged(*(f"{kind}:{one}" for kind in ("target", "incident") for one in self._two()))

    def _two(self) -> tuple[str, str]:
        return self.a, self.b

    def _last(self, past: Past) -> Recorded | None:
        """What was said last of this relation."""
        same = [r for r in past if self._is_same(r.event)]
        return same[-1] if same else None

    def _is_same(self, event: Event | None) -> bool:
        if not isinstance(event, RelationAsserted | RelationResolved) or event.kind != self.kind:
            return False
        two = (event.a, event.b)
        return two == self._two() or (self.kind not in _DIRECTED and two[::-1] == self._two())

    def _require_both(self, past: Past) -> None:
        """NotFound or Refused unless both are facts or incidents, and two of them."""
        if self.a == self.b:
            raise Refused("b: is the same as a", field="b")
        for field, one in (("a", self.a), ("b", self.b)):
            if any(f"incident:{one}" in r.tags for r in past):
                continue
            event = next((r for r in self.named if str(r.id) == one), None)
            if event is None:
                raise NotFound(f"{field}: no fact and no incident {one} is in the log", field=field)
            require_fact(event, field)


class AssertRelation(_Relate, frozen=True, kw_only=True):
    """Say what two facts, or two incidents, are to each other."""

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The assertion; Conflict where it stands already."""
        self._require_both(past)
        last = self._last(past)
        if last and isinstance(last.event, RelationAsserted):
            raise Conflict(f"kind: {self.kind} was asserted of the two by event {last.position}")
        said = RelationAsserted(a=self.a, b=self.b, kind=self.kind, reason=self.reason)
        return [NewEvent(given.new_id(), said)]


class ResolveRelation(_Relate, frozen=True, kw_only=True):
    """Settle what two facts are to each other, whether somebody asserted it or a view found it."""

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The settlement; Conflict where it is settled, NotFound where there is nothing to settle."""
        self._require_both(past)
        last = self._last(past)
        if last and isinstance(last.event, RelationResolved):
            raise Conflict(f"kind: {self.kind} was settled for the two by event {last.position}")
        if last is None and self.kind not in _FOUND:
            raise NotFound(f"kind: nobody asserted {self.kind} of the two", field="kind")
        settled = RelationResolved(a=self.a, b=self.b, kind=self.kind, reason=self.reason)
        return [NewEvent(given.new_id(), settled)]

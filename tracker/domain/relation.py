"""Relations: what an analyst holds two facts to be to each other, and how it was settled."""

from typing import ClassVar, Literal

from tracker.domain.base import Event
from tracker.domain.values import Id

RelationKind = Literal[
    "contradicts", "not-comparable", "corroborates", "same-origin", "same-incident", "part-of",
    "drift", "distinct-from", "supersedes", "responds-to",
]  # fmt: skip


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

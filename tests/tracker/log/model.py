"""A naive model of the log: a list, and a query as a loop over it."""

from collections.abc import Sequence
from uuid import UUID

from tracker.domain.base import Event, Query
from tracker.domain.draft import DraftProposed

IDS = tuple(str(UUID(int=n)) for n in range(3))
TAGS = [f"{kind}:{i}" for kind in ("party", "draft", "document") for i in IDS[:2]]
TYPES = ["party-named", "draft-proposed", "draft-accepted"]


def draft(draft: str, document: str) -> Event:
    return DraftProposed(
        draft=draft, document=document, fact_type="policy", fact={}, extractor="e",
        extractor_version=1, rule="r", confidence="1", spans=(),
    )  # fmt: skip


class Model:
    """The log as a list of type and tags."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, set[str]]] = []

    def fits(self, query: Query, after: int, before: int | None = None) -> bool:
        """Whether an event with after < position <= before fits."""
        return any(
            set(item.tags) <= tags and (not item.types or kind in item.types)
            for kind, tags in self.stored[after:before]
            for item in query.items
        )

    def append(self, events: Sequence[Event]) -> tuple[int, int]:
        first = len(self.stored) + 1
        self.stored += [(e.type, {f"type:{e.type}", *e.tags()}) for e in events]
        return first, len(self.stored)

    def positions(self, query: Query) -> list[int]:
        return [
            n for n in range(1, len(self.stored) + 1)
            if Model.of(self.stored[n - 1]).fits(query, 0)
        ]  # fmt: skip

    @staticmethod
    def of(event: tuple[str, set[str]]) -> "Model":
        alone = Model()
        alone.stored = [event]
        return alone

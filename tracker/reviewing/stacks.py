"""What waits for a reviewer: stacks of drafts that state one fact, and documents without any."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from projections.silent import SilentDocument
from projections.tables import Views
from projections.views.inbox import Draft
from tracker.clock import Clock
from tracker.reviewing.watching import Watching

MOST_WAITING = 20_000


class Stack(msgspec.Struct, frozen=True):
    """Drafts that state one fact, the first proposed first."""

    stack: str
    watched: bool
    """Whether an open subscription watches what they are about."""
    snoozed_until: datetime | None
    """When it wakes; None where one of the drafts is not put off."""
    drafts: tuple[Draft, ...]


class Waiting(msgspec.Struct, frozen=True):
    """A page of stacks, and how many there are in all."""

    stacks: tuple[Stack, ...]
    total: int
    snoozed: int
    """How many are put off, and not shown unless they are asked for."""


class Inbox:
    """Reads what waits."""

    def __init__(self, views: Views, watching: Watching, clock: Clock) -> None:
        self._views = views
        self._watching = watching
        self._clock = clock

    async def waiting(
        self,
        *,
        offset: int = 0,
        limit: int = 50,
        snoozed: bool = False,
        document: str | None = None,
    ) -> Waiting:
        """The stacks that are awake, or (`snoozed`) those put off.

        Those that an open subscription watches come first, the oldest of each first.
        """
        equal = {"status": "waiting", **({"document": document} if document else {})}
        rows = await self._views.select(Draft, equal=equal, order=("position",), limit=MOST_WAITING)
        await self._watching.catch_up()
        now = self._clock()
        found = [self._stack(drafts) for drafts in _grouped(rows)]
        asleep = [s for s in found if s.snoozed_until and s.snoozed_until > now]
        chosen = asleep if snoozed else [s for s in found if s not in asleep]
        chosen.sort(key=lambda s: (not s.watched, s.drafts[0].position))
        return Waiting(tuple(chosen[offset : offset + limit]), len(chosen), len(asleep))

    async def stack(self, draft: Draft) -> Stack:
        """The stack of a draft: those that wait with it."""
        rows = await self._views.select(
            Draft, equal={"stack": draft.stack, "status": "waiting"}, order=("position",)
        )
        await self._watching.catch_up()
        return self._stack(rows or [draft])

    async def silent(self, *, limit: int = 50) -> list[SilentDocument]:
        """The second lane: documents that name what is watched, gave no draft and wait; the
        oldest first.
        """
        await self._watching.catch_up()
        equal = {"status": "waiting"}
        order, names = ("position",), sorted(self._watching.names())
        named = await self._views.select(
            SilentDocument, equal=equal, overlap={"names": names}, order=order, limit=limit
        )
        termed = await self._views.select(
            SilentDocument, equal={**equal, "by_term": True}, order=order, limit=limit
        )
        both = {row.document: row for row in (*named, *termed)}
        return sorted(both.values(), key=lambda row: row.position)[:limit]

    def _stack(self, drafts: Sequence[Draft]) -> Stack:
        until = [draft.snoozed_until for draft in drafts if draft.snoozed_until]
        return Stack(
            drafts[0].stack,
            any(self._watching.fits(draft) for draft in drafts),
            min(until) if len(until) == len(drafts) else None,
            tuple(drafts),
        )


def _grouped(rows: Sequence[Draft]) -> list[list[Draft]]:
    stacks: dict[str, list[Draft]] = {}
    for row in rows:
        stacks.setdefault(row.stack, []).append(row)
    return list(stacks.values())

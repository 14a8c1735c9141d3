"""Where the views and the tree stand, asked once for all who ask at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, TypeVar

import msgspec

from projections.answers import answer
from projections.cells import CellAnswer
from projections.checkpoints import Checkpoint
from projections.concerning import concerning
from projections.questions import Sighting, cell_answer
from projections.regimes import Cell
from projections.views.entry_rules import EntryFact
from tracker.parts import Parts
from tracker.proof.published import last_published
from tracker.tables.users import User

T = TypeVar("T")
STANDING = "standing"
_MOST_CELLS = 4096
_MOST_TOKENS = 1000
_LAST = 2**62
_PATIENCE_S = 5.0


class Shared(Generic[T]):
    """A question that many put at once: each gets an answer that was asked for after they came.

    While one answer is under way, all who come wait together for the next; so nobody is told what
    was so before they asked, and there are hardly ever more than two askings at a time: one that
    hangs, with the database perhaps, is left alone with those who wait for it.
    """

    def __init__(self, ask: Callable[[], Awaitable[T]], *, patience_s: float = _PATIENCE_S) -> None:
        self._ask = ask
        self._patience_s = patience_s
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """The answer, or what went wrong with it."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
            self._next.add_done_callback(_heard)
        # One who goes away takes the answer from nobody else.
        return await asyncio.shield(self._next)

    async def _after(self, running: asyncio.Task[T] | None) -> T:
        if running is not None and not running.done():
            await asyncio.wait([running], timeout=self._patience_s)
        self._running, self._next = self._next, None
        return await self._ask()


def _heard(task: asyncio.Task[T]) -> None:
    if not task.cancelled():
        task.exception()


class Stand(msgspec.Struct, frozen=True):
    """Where every view is, and how many events the last signed checkpoint covers."""

    views: tuple[Checkpoint, ...]
    signed: int


class Standing:
    """What the answers of this process are of."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._signed = (-1, 0)
        self._shared = Shared(self._ask)
        self._callers: dict[str, Shared[User | None]] = {}
        self._cells: dict[Cell, tuple[Stand, list[EntryFact], int]] = {}

    async def now(self, min_position: int | None = None) -> Stand:
        """Where things stand; waits for `min_position`, at most ten seconds."""
        if min_position is None:
            return await self._shared()
        return await self._stand(min_position)

    async def _ask(self) -> Stand:
        return await self._stand(None)

    async def _stand(self, min_position: int | None) -> Stand:
        views = tuple(await self._parts.views_at(min_position))
        reached = max((view.position for view in views), default=0)
        # A checkpoint is an event: where no view has moved, none was published that they saw.
        if reached != self._signed[0]:
            published = await last_published(self._parts.reader)
            self._signed = (reached, published.size if published else 0)
        return Stand(views, self._signed[1])

    async def caller(self, token: str) -> User | None:
        """Whose token it is; looked up anew, and once for all who come with it together."""
        shared = self._callers.get(token)
        if shared is None:
            if len(self._callers) >= _MOST_TOKENS:
                self._callers.clear()
            shared = Shared(partial(self._parts.users.resolve, token, "token"))
            self._callers[token] = shared
        return await shared()

    async def cell(self, cell: Cell, sighting: Sighting, stand: Stand) -> CellAnswer:
        """The answer for a cell at any two times; what it is from is kept until a view moves."""
        kept = self._cells.get(cell)
        if kept is None or kept[0] != stand:
            kept = stand, *await concerning(self._parts.views.database, cell, _LAST)
            if len(self._cells) >= _MOST_CELLS:
                self._cells.clear()
            self._cells[cell] = kept
        found = answer(kept[1], cell, sighting.valid_at, sighting.known)
        return cell_answer(found, sighting, kept[2])

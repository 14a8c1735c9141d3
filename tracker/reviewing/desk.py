"""The decisions on drafts, carried out for one person; whoever comes second is told who was first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from projections.tables import Views
from projections.views.inbox import Draft
from tracker.clock import Clock
from tracker.domain.base import Actor, Command, Recorded, tagged
from tracker.domain.catalog import fact_from
from tracker.domain.draft import DraftState, draft_state
from tracker.domain.errors import Decided, NotFound, TrackerError, Unavailable
from tracker.domain.reviewing import AcceptDraft, JoinDraft
from tracker.domain.undoing import ReopenDraft, facts_of, together, undoable
from tracker.domain.values import checked
from tracker.execute import Done, Executor
from tracker.log.read import Reader
from tracker.reviewing.duplicates import Duplicate, duplicates
from tracker.reviewing.stacks import Inbox
from tracker.reviewing.watching import Watching
from tracker.tables.users import Users


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of one of several drafts: where it was recorded, or why it was not."""

    draft: str
    position: int | None = None
    fact: str | None = None
    refused: str | None = None


class Desk:
    """What a door asks for a reviewer."""

    def __init__(
        self, executor: Executor, reader: Reader, views: Views, users: Users, clock: Clock
    ) -> None:
        self.inbox = Inbox(views, Watching(reader), clock)
        self._executor = executor
        self._reader = reader
        self._views = views
        self._users = users

    async def decide(self, command: Command, actor: Actor, *, key: str | None = None) -> Done:
        """Carry a decision out; raises Decided with the name of who was first."""
        try:
            return await self._executor.execute(command, actor, idempotency_key=key)
        except Decided as fault:
            names = {str(user.id): user.name for user in await self._users.all()}
            raise fault.named(names.get(fault.by, fault.by)) from None

    async def acceptance(
        self,
        draft: str,
        *,
        edited: dict[str, Any] | None = None,
        reason: str | None = None,
        others: Sequence[str] = (),
    ) -> AcceptDraft:
        """The command that accepts a draft; `edited` holds fields that replace those proposed.

        Null takes a field away. NotFound where there is no such draft.
        """
        state = await self._state(draft)
        kind, fields = state.proposed.fact_type, state.proposed.fact
        taken = tuple(others)
        if edited is None:
            fact = fact_from(kind, fields)
            return AcceptDraft(draft=draft, others=taken, proposed=fact, reason=reason)
        merged = {k: v for k, v in {**fields, **edited}.items() if v is not None}
        fact = checked(fact_from(kind, merged))
        return AcceptDraft(draft=draft, others=taken, proposed=fact, edited=fact, reason=reason)

    async def joining(
        self, draft: str, fact: str, *, reason: str | None = None, others: Sequence[str] = ()
    ) -> JoinDraft:
        """The command that takes drafts as further sources of a known fact."""
        found = await self._reader.by_ids([UUID(fact)])
        if not found:
            raise NotFound(f"fact: no event {fact} is in the log", field="fact")
        return JoinDraft(draft=draft, others=tuple(others), target=found[0], reason=reason)

    async def undoing(self, draft: str, reason: str = "undo") -> ReopenDraft:
        """The command that undoes what was decided on a draft, with the events it recorded."""
        past = await self._past([draft])
        past = await self._past(together(draft, past))
        facts = facts_of(undoable(draft, past))
        found = await self._reader.by_ids([UUID(fact) for fact in facts])
        return ReopenDraft(draft=draft, reason=reason, facts=tuple(found))

    async def accept_each(
        self, drafts: Sequence[str], actor: Actor, *, key: str | None = None
    ) -> list[Outcome]:
        """Accept several drafts as they are proposed, each in an append of its own.

        One that cannot be accepted holds up no other, and each can be undone by itself.
        """
        return [await self._accepted(draft, actor, key) for draft in dict.fromkeys(drafts)]

    async def _accepted(self, draft: str, actor: Actor, key: str | None) -> Outcome:
        own = f"{key} {draft}" if key else None
        try:
            command = await self.acceptance(draft)
            done = await self.decide(command, actor, key=own)
        except Unavailable:
            raise
        except TrackerError as fault:
            return Outcome(draft, refused=fault.message)
        accepted = done.events[-1].event
        return Outcome(draft, done.position, getattr(accepted, "fact", None))

    async def duplicates(self, draft: Draft) -> list[Duplicate]:
        """The known facts that say what a draft says."""
        return await duplicates(self._views, self._reader, draft)

    async def draft(self, draft: str) -> Draft:
        """A draft as the view has it; NotFound where it was never proposed."""
        found = await self._views.select(Draft, equal={"draft": draft}, limit=1)
        if not found:
            raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
        return found[0]

    async def _state(self, draft: str) -> DraftState:
        state = draft_state(draft, await self._past([draft]))
        if state is None:
            raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
        return state

    async def _past(self, drafts: Sequence[str]) -> list[Recorded]:
        query = tagged(*(f"draft:{draft}" for draft in drafts))
        return await self._reader.read_all(query, before=await self._reader.head())

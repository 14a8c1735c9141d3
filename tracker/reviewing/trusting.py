"""The tick that accepts the drafts which a feed is trusted with, with that rule as the actor.

    waiting drafts of trusted feeds ─ never touched, no known fact says so ─→ accepted

Each acceptance has ids of its own that follow from the draft, under the condition that nobody
decided the draft: a process that dies and begins again accepts nothing twice.
"""

import logging
from collections.abc import Awaitable, Callable

import msgspec

from projections.tables import Views
from projections.views.inbox import Draft
from tracker.domain.base import Actor, Recorded
from tracker.domain.catalog import fact_from
from tracker.domain.errors import Conflict, NotFound, Refused, TrackerError
from tracker.domain.feed import KNOWN, FeedAdded, FeedChanged, FeedRemoved
from tracker.domain.feed_settings import Trust
from tracker.domain.reviewing import AcceptTrusted
from tracker.execute import Executor
from tracker.log.read import Reader
from tracker.reviewing.duplicates import duplicates
from tracker.reviewing.stacks import MOST_WAITING
from tracker.ticking import tick_for_ever

TICK_S = 5.0
USER = "feed-trust"
log = logging.getLogger(__name__)


class Trusted(msgspec.Struct, frozen=True):
    """What is set for one feed, and by which event."""

    trust: tuple[Trust, ...]
    by: Recorded

    def covers(self, draft: Draft) -> Trust | None:
        """The line that trusts a draft proposed since it was set, if there is one."""
        if draft.position <= self.by.position:
            return None
        fitting = (t for t in self.trust if t.covers(draft.fact_type, draft.rule, draft.confidence))
        return next(fitting, None)


class Trusting:
    """Accepts what is trusted; any number of processes may do so on one log."""

    def __init__(
        self,
        executor: Executor,
        reader: Reader,
        views: Views,
        actor: Actor,
        settle: Callable[[], Awaitable[int]],
    ) -> None:
        self._executor = executor
        self._reader = reader
        self._views = views
        self._actor = actor
        self._settle = settle
        self._left: set[str] = set()

    async def run(self) -> None:
        """Tick at once, and then until cancelled."""
        await self._ticking()
        await tick_for_ever(self._ticking, TICK_S)

    async def _ticking(self) -> None:
        try:
            await self.tick()
        except TrackerError as fault:
            log.warning("no draft of a trusted feed was looked at, trying again: %s", fault)

    async def tick(self) -> int:
        """Accept what waits and is trusted; how many drafts that were."""
        known = await self._trusted()
        if not known:
            return 0
        await self._settle()
        rows = await self._views.select(
            Draft, equal={"status": "waiting", "touched": False}, within={"feed": sorted(known)},
            order=("position",), limit=MOST_WAITING,
        )  # fmt: skip
        accepted = 0
        for draft in rows:
            feed = known[draft.feed or ""]
            line = feed.covers(draft)
            if line and draft.draft not in self._left:
                accepted += await self._accept(draft, line, feed.by)
        return accepted

    async def _doubted(self, draft: Draft) -> bool:
        """Whether a person rejected, put off or took back what is very like it."""
        rows = await self._views.select(Draft, equal={"bucket": draft.bucket, "touched": True})
        return any(row.status != "accepted" for row in rows)

    async def _trusted(self) -> dict[str, Trusted]:
        """The feeds that are trusted with anything."""
        found: dict[str, Trusted] = {}
        for recorded in await self._reader.read_all(KNOWN, before=await self._reader.head()):
            event = recorded.event
            if isinstance(event, FeedRemoved):
                found.pop(event.feed, None)
            elif isinstance(event, FeedAdded | FeedChanged):
                before = found.get(event.feed)
                if not event.trust:
                    found.pop(event.feed, None)
                elif before is None or before.trust != event.trust:
                    found[event.feed] = Trusted(event.trust, recorded)
        return found

    async def _accept(self, draft: Draft, line: Trust, by: Recorded) -> int:
        """Whether the draft was accepted; what says a known thing again is left to a person."""
        try:
            known = await duplicates(self._views, self._reader, draft)
            if known or await self._doubted(draft):
                self._left.add(draft.draft)
                return 0
            command = AcceptTrusted(
                draft=draft.draft,
                proposed=fact_from(draft.fact_type, draft.fact),
                reason=f"trusted: {line.of} from confidence {line.confidence} on",
                trust=str(by.id),
            )
            actor = msgspec.structs.replace(self._actor, on_behalf_of=by.actor.user)
            done = await self._executor.execute(
                command, actor, idempotency_key=f"trust {draft.draft}"
            )
        except (Refused, NotFound, Conflict) as fault:
            log.info("draft %s is left to a reviewer: %s", draft.draft, fault)
            self._left.add(draft.draft)
            return 0
        # The next one may say the same.
        await self._settle()
        return 0 if done.repeated else 1

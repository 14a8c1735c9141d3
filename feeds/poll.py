"""One poll of one feed, from a turn in the schedule to documents and drafts in the log.

    due ─→ leased ─→ fetched ─→ parsed ─→ identified ─┬→ known: nothing
                        │                             ├→ changed: evidence, document-revised
                        │                             └→ new: evidence, document-received
                        └→ 304, refused, too large …               + drafts found in it
                                 ▼                                      ▼
                          next turn, with the reason       validators saved, next turn

Validators are saved only after every item of the response is in the log, so a crash in between, or
an item that could not be recorded, makes the next poll see the same items again; their ids are derived, so nothing is doubled.
"""

import random
from collections.abc import Callable

import aiohttp
import msgspec

from feeds.cadence import next_due
from feeds.fetch import FetchFailed, Validators, fetch
from feeds.guard import Guard
from feeds.intake import Counts, Intake, Response
from feeds.worker import Parser
from tracker.clock import Clock
from tracker.domain.feed import FeedState
from tracker.tables.schedule import Outcome, Schedule, Turn


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """How a poll went and what it brought."""

    outcome: str
    message: str
    counts: Counts = Counts()


class Poller:
    """Polls feeds that it holds a turn for."""

    def __init__(
        self,
        *,
        intake: Intake,
        schedule: Schedule,
        session: aiohttp.ClientSession,
        guard: Guard,
        parser: Parser,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._intake = intake
        self._schedule = schedule
        self._session = session
        self._guard = guard
        self._parser = parser
        self._clock = clock
        self._chance = chance

    async def poll(self, turn: Turn, feed: FeedState) -> Polled:
        """Fetch, put what is new on record, and set the next turn."""
        try:
            fetched = await fetch(
                self._session,
                feed.url,
                guard=self._guard,
                now=self._clock,
                validators=Validators(etag=turn.etag, last_modified=turn.last_modified),
            )
        except FetchFailed as failed:
            polled = Polled(outcome=failed.outcome, message=failed.message)
            await self._finish(turn, feed, polled, retry_after_s=failed.retry_after_s)
            return polled
        if fetched.status == 304:
            polled = Polled(outcome="unchanged", message="nothing changed since the last poll")
            await self._finish(turn, feed, polled, ok=fetched.validators)
            return polled
        parsed = await self._parser.parse(
            fetched.body, content_type=fetched.content_type, base_url=fetched.url
        )
        if parsed.state in ("html", "malformed"):
            polled = Polled(outcome=parsed.state, message=parsed.message or parsed.state)
            await self._finish(turn, feed, polled)
            return polled
        counts = await self._intake.take_in(
            Response(fetched, parsed, feed, first=not turn.polled_before)
        )
        said = parsed.message or f"{counts.new} new, {counts.revised} revised"
        if counts.left_out:
            said = f"{said}; {counts.left_out} could not be recorded, see the log of the program"
        polled = Polled(outcome=parsed.state, message=said, counts=counts)
        # With its validators the server would not show again what was left out.
        validators = Validators() if counts.left_out else fetched.validators
        await self._finish(turn, feed, polled, ok=validators, ttl_s=parsed.ttl_s)
        return polled

    async def give_up(self, turn: Turn, feed: FeedState, fault: Exception) -> Polled:
        """Set the next turn after a fault of our own, so that it is seen and waits like others."""
        polled = Polled(outcome="broke-off", message=f"the poll broke off: {fault!r:.200}")
        await self._finish(turn, feed, polled)
        return polled

    async def _finish(
        self,
        turn: Turn,
        feed: FeedState,
        polled: Polled,
        *,
        ok: Validators | None = None,
        ttl_s: int | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        due = next_due(
            self._clock(),
            interval_s=feed.added.interval_s,
            ttl_s=ttl_s,
            retry_after_s=retry_after_s,
            failures=0 if ok else turn.failures + 1,
            jitter=self._chance(),
        )
        await self._schedule.finish(
            turn,
            Outcome(
                outcome=polled.outcome,
                message=polled.message,
                ok=ok is not None,
                next_at=due,
                etag=ok.etag if ok else None,
                last_modified=ok.last_modified if ok else None,
            ),
        )

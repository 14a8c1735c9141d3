"""One poll of one feed, from a turn in the schedule to documents and drafts in the log.

    due ─→ leased ─→ fetched ─→ parsed ─→ identified ─┬→ known: nothing
                        │                             ├→ changed: evidence, document-revised
                        │                             └→ new: evidence, document-received
                        └→ 304, refused, too large …               + drafts found in it
                                 ▼                                      ▼
                          next turn, with the reason       validators saved, next turn

Validators are saved only after every item of the response is in the log, so a crash in between, or
an item that could not be recorded, makes the next poll see the same items again; their ids are
derived, so nothing is doubled. A feed that is sent elsewhere for good, three times in a row, moves
there; one that is gone for good (410) is paused. Both are events.
"""

import logging
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from feeds.cadence import SPACING_S, Bounds, next_due
from feeds.counts import Counts
from feeds.fetch import fetch
from feeds.fetched import Fetched, FetchFailed, Limits, Validators
from feeds.freshness import Hold
from feeds.guard import Guard
from feeds.intake import Intake
from feeds.memory import Memory, retry_hold
from feeds.response import Response
from feeds.ways import Ways
from feeds.worker import Parser
from tracker.clock import Clock
from tracker.domain.base import Command
from tracker.domain.errors import TrackerError
from tracker.domain.feed import GONE, FeedState, MoveFeed, PauseFeed
from tracker.tables.schedule import Outcome, Schedule, Turn

_LONGEST_HOST_WAIT_S = 3600
log = logging.getLogger(__name__)


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """How a poll went and what it brought."""

    outcome: str
    message: str
    counts: Counts = Counts()


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a poll, for the schedule."""

    polled: Polled
    memory: Memory
    fetched: Fetched | None = None
    ok: Validators | None = None
    """The validators for the next poll; None where this one failed."""
    failed: FetchFailed | None = None


class Poller:
    """Polls feeds that it holds a turn for."""

    def __init__(
        self,
        *,
        intake: Intake,
        schedule: Schedule,
        ways: Ways,
        guard: Guard,
        parser: Parser,
        clock: Clock,
        decide: Callable[[Command], Awaitable[object]],
        limits: Limits | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._intake = intake
        self._schedule = schedule
        self._ways = ways
        self._guard = guard
        self._parser = parser
        self._clock = clock
        self._decide = decide
        self._limits = limits
        self._chance = chance

    async def poll(self, turn: Turn, feed: FeedState) -> Polled:
        """Fetch, put what is new on record, and set the next turn."""
        memory = Memory.of(turn.memory)
        answer = await self._ask(turn, feed, memory)
        await self._finish(turn, feed, answer)
        # Only now: where this process dies in between, the next poll comes to the same decision.
        if answer.polled.outcome == "gone":
            await self._decide(PauseFeed(feed=turn.feed, reason=GONE))
        elif answer.memory.move:
            await self._move(turn.feed, answer.memory.move)
        return answer.polled

    async def give_up(self, turn: Turn, feed: FeedState, polled: Polled) -> Polled:
        """Set the next turn after a fault of our own, so that it is seen and waits like others."""
        await self._finish(turn, feed, _Answer(polled=polled, memory=Memory.of(turn.memory)))
        return polled

    async def _ask(self, turn: Turn, feed: FeedState, memory: Memory) -> _Answer:
        # Those of another address would be an accident there.
        known = Validators(etag=turn.etag, last_modified=turn.last_modified)
        try:
            fetched = await fetch(
                await self._ways.to(turn.feed),
                feed.url,
                guard=self._guard,
                now=self._clock,
                validators=known if memory.url == feed.url else None,
                limits=self._limits,
            )
        except FetchFailed as failed:
            polled = Polled(outcome=failed.outcome, message=failed.message)
            return _Answer(polled=polled, memory=memory, failed=failed)
        if fetched.status == 304:
            polled = Polled(outcome="unchanged", message="nothing changed since the last poll")
            memory = memory.answered(fetched, feed.url)
            return _Answer(polled=polled, memory=memory, fetched=fetched, ok=fetched.validators)
        return await self._read(turn, feed, memory, fetched)

    async def _read(self, turn: Turn, feed: FeedState, memory: Memory, fetched: Fetched) -> _Answer:
        parsed = await self._parser.parse(
            fetched.body, content_type=fetched.content_type, base_url=fetched.url
        )
        if parsed.state in ("html", "malformed"):
            polled = Polled(outcome=parsed.state, message=parsed.message or parsed.state)
            return _Answer(polled=polled, memory=memory, fetched=fetched)
        counts = await self._intake.take_in(
            Response(fetched, parsed, feed, first=not turn.polled_before)
        )
        said = parsed.message or f"{counts.new} new, {counts.revised} revised"
        if counts.left_out:
            said = f"{said}; {counts.left_out} could not be recorded, see the log of the program"
        memory = memory.answered(fetched, feed.url).read(parsed, self._clock(), counts.new)
        return _Answer(
            polled=Polled(outcome=parsed.state, message=said, counts=counts),
            memory=memory,
            fetched=fetched,
            # With its validators the server would not show again what was left out.
            ok=Validators() if counts.left_out else fetched.validators,
        )

    async def _finish(self, turn: Turn, feed: FeedState, answer: _Answer) -> None:
        now, memory, fetched = self._clock(), answer.memory, answer.fetched
        settings, rhythm = feed.settings, answer.memory.rhythm
        due = next_due(
            now,
            bounds=Bounds.of(settings.interval_s, settings.most_interval_s),
            rhythm=rhythm,
            holds=_holds(now, answer),
            skip_hours=memory.skip_hours,
            skip_days=memory.skip_days,
            failures=0 if answer.ok else turn.failures + 1,
            jitter=self._chance(),
        )
        await self._schedule.finish(
            turn,
            Outcome(
                outcome=answer.polled.outcome,
                message=answer.polled.message,
                ok=answer.ok is not None,
                next_at=due.at,
                reason=due.reason,
                memory=memory.kept(),
                etag=answer.ok.etag if answer.ok else None,
                last_modified=answer.ok.last_modified if answer.ok else None,
                last_new_at=rhythm.last_new_at,
                quiet_after=rhythm.quiet_after(),
                host_wait=_host_wait(feed, answer.failed),
                requests=1 + (len(fetched.redirects) if fetched else 0),
                unchanged=answer.polled.outcome == "unchanged",
                wire_bytes=fetched.wire_bytes if fetched else 0,
                waited=due.asked,
            ),
        )

    async def _move(self, feed: str, url: str) -> None:
        try:
            await self._decide(MoveFeed(feed=feed, url=url))
            log.info("feed %s has moved to %s for good", feed, url)
        except TrackerError as fault:
            log.warning("feed %s is sent to %s for good, but stays: %s", feed, url, fault)


def _holds(now: datetime, answer: _Answer) -> list[Hold]:
    """What the server asks for: with a sound answer by its freshness, else by Retry-After."""
    if answer.failed and answer.failed.retry_after_s:
        return [retry_hold(now, answer.failed.retry_after_s)]
    return answer.memory.holds(now, answer.fetched) if answer.ok and answer.fetched else []


def _host_wait(feed: FeedState, failed: FetchFailed | None) -> timedelta:
    """For how long no feed of the host is asked; a host that is asked too much says for how long."""
    spacing_s = SPACING_S if feed.settings.spacing_s is None else feed.settings.spacing_s
    too_many_s = failed.retry_after_s or 0 if failed and failed.status == 429 else 0
    return timedelta(seconds=max(spacing_s, min(too_many_s, _LONGEST_HOST_WAIT_S)))

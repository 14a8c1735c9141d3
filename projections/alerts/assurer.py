"""Makes silence trustworthy: confirms subscriptions, says weekly how things are, tells of feeds.

    opened, changed ─ cursor of its own ─→ confirmation
    (through, now] ─ what is due on the subscriber's clock ─→ weekly note
    feeds ─ begin or cease to fail ─→ notices to whom they serve

Every message is made under the lock of the matcher's cursor, together with the row that says that
it was made, and has a derived id: any number of processes may do so, and no replay repeats it.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from projections.alerts.assurances import Week, blind_spot, seeing_again, weekly
from projections.alerts.confirming import Confirming
from projections.alerts.message import Kind, Note, Plan
from projections.alerts.outbox import planned
from projections.alerts.pacing import note_due, undisturbed
from projections.alerts.serving import FeedState, Reached, serves
from projections.alerts.watching import SUBSCRIPTIONS, Feeds, Watcher, Watchers
from tracker.clock import Clock
from tracker.domain.base import Item, Query, Recorded, tagged
from tracker.domain.errors import Conflict
from tracker.domain.ids import derived
from tracker.domain.subscription import SubscriptionClosed, SubscriptionOpened, Watched
from tracker.domain.values import instant_text
from tracker.log.database import Connection, Database
from tracker.log.read import Reader

_TICK_S = 1.0
_PAUSE_S = 0.5
_LOOK = timedelta(seconds=15)
_PATIENCE = timedelta(hours=1)
_WEEK = timedelta(days=7)
log = logging.getLogger(__name__)

LOCK = "select position from alert.cursor where name = 'matcher' for update"
CONFIRMED = "select position from alert.cursor where name = 'confirmation'"
ADVANCE = """
update alert.cursor set position = %(to)s where name = 'confirmation' and position = %(from)s
"""
BEGIN = """
insert into alert.weekly_through (moment) values (%(now)s) on conflict do nothing
"""
THROUGH = "select moment from alert.weekly_through"
LOOKED = "update alert.weekly_through set moment = greatest(moment, %(now)s)"
SENT = """
select subscription, count(*) filter (where message is not null and owed_at > %(since)s),
       count(*) filter (where message is null), max(owed_at)
from alert.owed
where subscription = any (%(subscriptions)s) and dropped is null
group by subscription
"""
BLIND = "select feed, since from alert.blind_spot where ended_at is null"
FAILS = """
insert into alert.blind_spot (feed, since) values (%(feed)s, %(now)s) on conflict do nothing
"""
LIVES = """
update alert.blind_spot set ended_at = %(now)s where feed = %(feed)s and ended_at is null
"""
MADE = "select id from alert.message where id = any (%(ids)s)"


class Assurer:
    """Makes the messages that no change is the cause of; `news` is set when there are new ones."""

    def __init__(self, database: Database, clock: Clock, news: asyncio.Event) -> None:
        self._database = database
        self._clock = clock
        self._news = news
        self._reader = Reader(database)
        self._watchers = Watchers(self._reader)
        self._feeds = Feeds(database)
        self._confirming = Confirming(database)
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """Assure for ever; a fault is logged and the same is tried again."""
        while True:
            try:
                await self.tick()
                await asyncio.sleep(_TICK_S)
            except Conflict as fault:
                log.info("looking again for what is to be confirmed: %s", fault.message)
            except Exception:
                log.exception("no subscription was assured, trying again")
                await asyncio.sleep(_PAUSE_S)

    async def tick(self) -> int:
        """Confirm what is new, and now and then look at weeks and feeds; how many messages."""
        made = await self.confirm()
        now = self._clock()
        if self._looked_at is None or not timedelta() <= now - self._looked_at < _LOOK:
            made += await self.look_at_feeds() + await self.note_weeks()
            self._looked_at = now
        if made:
            self._news.set()
        return made

    async def confirm(self) -> int:
        """Confirm the subscriptions that were opened or watch something else; how many messages."""
        made = 0
        while True:
            (begin,) = (await self._database.fetch(CONFIRMED))[0]
            found = await self._reader.read(SUBSCRIPTIONS, after=begin, limit=1)
            if not found:
                return made
            made += await self._confirm(found[0], begin)

    async def _confirm(self, recorded: Recorded, begin: int) -> int:
        note = await self._confirmation(recorded)
        watched, now = recorded.event, self._clock()
        async with self._database.transaction() as connection:
            await connection.execute(LOCK)
            to = {"from": begin, "to": recorded.position}
            if (await connection.execute(ADVANCE, to)).rowcount != 1:
                raise Conflict("another process confirms subscriptions")
            if note is None or not isinstance(watched, Watched):
                return 0
            if await self._closed(watched.subscription):
                # Who matches the closing may have passed it, and cancels nothing any more.
                return 0
            plan = Plan(
                id=derived("confirmation", str(recorded.id)),
                kind="confirmation",
                subscription=watched.subscription,
                channel=watched.channel,
                position=recorded.position,
                due_at=now,
                note=note,
            )
            return await planned(connection, [plan], now)

    async def _confirmation(self, recorded: Recorded) -> Note | None:
        """What confirms an event; None where it sets nothing new, or was overtaken by another."""
        event = recorded.event
        if not isinstance(event, Watched):
            return None
        head = await self._reader.head()
        named = tagged(f"subscription:{event.subscription}")
        past = await self._reader.read_all(named, before=head)
        settings = [(r.position, r.event) for r in past if isinstance(r.event, Watched)]
        before = [w.filter for at, w in settings if at < recorded.position]
        after = [w.filter for at, w in settings if at > recorded.position]
        opened = isinstance(event, SubscriptionOpened)
        if (before and before[-1] == event.filter) or (after and after[0] != event.filter):
            return None
        return await self._confirming.note(event, recorded, changed=not opened)

    async def _closed(self, subscription: str) -> bool:
        item = Item((f"subscription:{subscription}",), (SubscriptionClosed.type,))
        return bool(await self._reader.read(Query((item,)), limit=1))

    async def note_weeks(self) -> int:
        """Make the weekly notes that became due since the last look; how many."""
        now = self._clock()
        async with self._database.transaction() as connection:
            position = await _locked(connection)
            await connection.execute(BEGIN, {"now": now})
            (last,) = await (await connection.execute(THROUGH)).fetchone() or (now,)
            due: list[tuple[Watcher, datetime]] = []
            for watcher in await self._watchers.at(position):
                at = note_due(watcher.pacing, now)
                if at and at > max(last, watcher.opened_at):
                    due.append((watcher, at))
            made = 0
            if due:
                unmatched = await self._reader.head() - position
                if unmatched and now - min(at for _, at in due) < _PATIENCE:
                    return 0
                made = await self._note(connection, due, position, unmatched, now)
            await connection.execute(LOOKED, {"now": now})
        return made

    async def _note(
        self,
        connection: Connection,
        due: Sequence[tuple[Watcher, datetime]],
        position: int,
        unmatched: int,
        now: datetime,
    ) -> int:
        feeds = await self._feeds.all()
        speak_of = await self._feeds.speak_of(feeds, now)
        since = min(at for _, at in due) - _WEEK
        named = {"subscriptions": [w.subscription for w, _ in due], "since": since}
        found = await (await connection.execute(SENT, named)).fetchall()
        weeks = {name: Week(since, *counted) for name, *counted in found}
        plans: list[Plan] = []
        for watcher, at in due:
            week = weeks.get(watcher.subscription) or Week(since, opened_at=watcher.opened_at)
            behind = _behind(watcher, feeds, speak_of)
            note = weekly(watcher.title, week, behind, now, unmatched)
            note = msgspec.structs.replace(note, events=(watcher.event,))
            name = derived("silence", watcher.subscription, instant_text(at))
            plans.append(_plan(name, "silence", watcher, position, note, now))
        return await planned(connection, plans, now)

    async def look_at_feeds(self) -> int:
        """Tell of feeds that began to fail, and of those that live again; how many messages."""
        if not any(await self._turned(await self._feeds.all())):
            return 0
        now, made = self._clock(), 0
        async with self._database.transaction() as connection:
            position = await _locked(connection)
            # Read anew under the lock: somebody else may have told of it.
            feeds = await self._feeds.all()
            failing, alive, gone = await self._turned(feeds)
            watchers = await self._watchers.at(position)
            speak_of = await self._feeds.speak_of(feeds, now)
            for feed in failing:
                await connection.execute(FAILS, {"feed": feed.feed, "now": now})
                note = blind_spot(feed)
                plans = [
                    _plan(_blind(feed.feed, now, w), "notice", w, position, note, now)
                    for w in watchers
                    if serves(feed.feed, speak_of, w.places)
                ]
                made += await planned(connection, plans, now)
            for feed, since in alive:
                await connection.execute(LIVES, {"feed": feed.feed, "now": now})
                made += await self._again(connection, feed, since, watchers, position, now)
            for feed in gone:
                await connection.execute(LIVES, {"feed": feed, "now": now})
        return made

    async def _turned(
        self, feeds: Sequence[FeedState]
    ) -> tuple[list[FeedState], list[tuple[FeedState, datetime]], list[str]]:
        """The feeds that began to fail, those that live again and since when not, those removed."""
        known: dict[str, datetime] = dict(await self._database.fetch(BLIND))
        failing = [f for f in feeds if f.blind and f.feed not in known]
        alive = [(f, known[f.feed]) for f in feeds if f.feed in known and f.sees(known[f.feed])]
        return failing, alive, sorted(known.keys() - {f.feed for f in feeds})

    async def _again(
        self,
        connection: Connection,
        feed: FeedState,
        since: datetime,
        watchers: Sequence[Watcher],
        position: int,
        now: datetime,
    ) -> int:
        """Tell those who were told that a feed failed, whatever it serves by now."""
        told = {_blind(feed.feed, since, w): w for w in watchers}
        rows = await (await connection.execute(MADE, {"ids": list(told)})).fetchall()
        note, began = seeing_again(feed, since), instant_text(since)
        plans = [
            _plan(
                derived("sight", feed.feed, began, told[name].subscription),
                "notice", told[name], position, note, now,
            )
            for (name,) in rows
        ]  # fmt: skip
        return await planned(connection, plans, now)


async def _locked(connection: Connection) -> int:
    """How far events were matched; nobody else makes messages until the transaction ends."""
    (position,) = await (await connection.execute(LOCK)).fetchone() or (0,)
    return position


def _behind(watcher: Watcher, feeds: Sequence[FeedState], speak_of: Reached) -> list[FeedState]:
    watched = watcher.places
    return [f for f in feeds if serves(f.feed, speak_of, watched)]


def _blind(feed: str, since: datetime, watcher: Watcher) -> UUID:
    return derived("blind-spot", feed, instant_text(since), watcher.subscription)


def _plan(
    name: UUID, kind: Kind, watcher: Watcher, position: int, note: Note, now: datetime
) -> Plan:
    return Plan(
        id=name,
        kind=kind,
        subscription=watcher.subscription,
        channel=watcher.channel,
        position=position,
        due_at=undisturbed(watcher.pacing, now),
        note=note,
    )

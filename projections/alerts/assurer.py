"""Makes silence trustworthy: confirms subscriptions, says weekly how things are, tells of feeds.

    opened, changed ─ cursor of its own ─→ confirmation
    (through, now] ─ what is due on the subscriber's clock ─→ weekly note
    feeds ─ begin or cease to fail ─→ notices to whom they serve

Every message is made under the lock of the matcher's cursor, together with the row that says that
it was made, and has a derived id: any number of processes may do so, and no replay repeats it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from projections.alerts.assurances import Week, weekly
from projections.alerts.blind_spots import BlindSpots
from projections.alerts.confirming import Confirming
from projections.alerts.locking import locked
from projections.alerts.message import Note, Plan
from projections.alerts.outbox import planned
from projections.alerts.pacing import note_due
from projections.alerts.serving import FeedState, Reached, serves
from projections.alerts.watching import SUBSCRIPTIONS, Feeds, Watcher, Watchers, plan
from tracker.clock import Clock
from tracker.domain.base import Item, Query, Recorded, tagged
from tracker.domain.errors import Conflict
from tracker.domain.ids import derived
from tracker.domain.subscription import SubscriptionClosed, SubscriptionOpened, Watched
from tracker.domain.values import instant_text
from tracker.log.database import Connection, Database
from tracker.log.read import Reader

_CONFIRM_S = 1.0
_LOOK_S = 15.0
_PAUSE_S = 0.5
_PATIENCE = timedelta(hours=1)
_WEEK = timedelta(days=7)
log = logging.getLogger(__name__)

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


class Assurer:
    """Makes the messages that no change is the cause of; `news` is set when there are new ones."""

    def __init__(self, database: Database, clock: Clock, news: asyncio.Event) -> None:
        self._database = database
        self._clock = clock
        self._news = news
        self._reader = Reader(database)
        self._watchers = Watchers(self._reader)
        self._feeds = Feeds(database)
        self._blind_spots = BlindSpots(database, clock, self._watchers, self._feeds)
        self._confirming = Confirming(database)

    async def run(self) -> None:
        """Assure for ever; what fails keeps nothing else from being done, and is tried again."""
        async with asyncio.TaskGroup() as together:
            for work, every_s in (
                (self.confirm, _CONFIRM_S),
                (self.note_weeks, _LOOK_S),
                (self.look_at_feeds, _LOOK_S),
            ):
                together.create_task(self._ever(work, every_s))

    async def _ever(self, work: Callable[[], Awaitable[int]], every_s: float) -> None:
        while True:
            try:
                if await work():
                    self._news.set()
                await asyncio.sleep(every_s)
            except Conflict as fault:
                log.info("looking again for what is to be confirmed: %s", fault.message)
            except Exception:
                log.exception("subscriptions were not assured, trying again")
                await asyncio.sleep(_PAUSE_S)

    async def look_at_feeds(self) -> int:
        """Tell of feeds that began to fail, and of those that live again; how many messages."""
        return await self._blind_spots.look()

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
            await locked(connection)
            to = {"from": begin, "to": recorded.position}
            if (await connection.execute(ADVANCE, to)).rowcount != 1:
                raise Conflict("another process confirms subscriptions")
            if note is None or not isinstance(watched, Watched):
                return 0
            if await self._closed(watched.subscription):
                # Who matches the closing may have passed it, and cancels nothing any more.
                return 0
            confirming = Plan(
                id=derived("confirmation", str(recorded.id)),
                kind="confirmation",
                subscription=watched.subscription,
                channel=watched.channel,
                position=recorded.position,
                due_at=now,
                note=note,
            )
            return await planned(connection, [confirming], now)

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
            position = await locked(connection)
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
            plans.append(plan(name, "silence", watcher, position, note, now))
        return await planned(connection, plans, now)


def _behind(watcher: Watcher, feeds: Sequence[FeedState], speak_of: Reached) -> list[FeedState]:
    watched = watcher.places
    return [f for f in feeds if serves(f.feed, speak_of, watched)]

"""The parts that doors and workers are given, open and ready; `wiring` builds them."""

import asyncio
from uuid import UUID

import aiohttp
import msgspec

from feeds.add import Added, Handed, add_document
from feeds.guard import Guard
from feeds.health import Health, health
from feeds.preview import Preview, preview
from feeds.ways import Ways
from feeds.worker import Parser
from projections import VIEWS
from projections.alerts.channel import Means
from projections.alerts.holding import Holding
from projections.checkpoints import Checkpoint, checkpoints, wait_until
from projections.questions import Questions
from projections.runner import Runner
from projections.tables import Views
from projections.views.documents import Document
from projections.views.feeds import Feed
from projections.views.subscriptions import Subscription
from tracker.clock import Clock
from tracker.domain.base import EVERYTHING, Actor, Recorded, tagged
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.feed import FeedState, feeds
from tracker.domain.standing import about
from tracker.erasing.erase import Erasing
from tracker.execute import Executor
from tracker.imports.importer import Importer
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader
from tracker.proof.signer import Signer
from tracker.proof.tiles import Tiles
from tracker.reviewing.desk import Desk
from tracker.tables.channels import Channels
from tracker.tables.feed_access import Kept
from tracker.tables.links import Links
from tracker.tables.pages import Pages
from tracker.tables.schedule import FeedSchedule, Schedule
from tracker.tables.sealing import Sealer
from tracker.tables.users import User, Users

VIEW_WAIT_S = 10.0
_FOLDED_POLL_S = 0.02
_MOST_FEEDS = 100_000
_MOST_SUBSCRIPTIONS = 10_000
_NAMES = tuple(view.name for view in VIEWS)


class FeedStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as it is set up, and how it is."""

    feed: Feed
    health: Health
    access: Kept
    schedule: FeedSchedule | None
    """Its place in the schedule; a paused or new one has none."""


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the doors and the workers need."""

    clock: Clock
    public_url: str
    requests_per_minute: int
    keep_ended_days: int
    database: Database
    replica: Database
    """Where views are read from; the same database unless there is a replica."""
    view_database: Database
    deliver_database: Database
    reader: Reader
    executor: Executor
    importer: Importer
    evidence: Evidence
    tiles: Tiles
    signer: Signer
    views: Views
    questions: Questions
    runner: Runner
    users: Users
    channels: Channels
    schedule: Schedule
    pages: Pages
    guard: Guard
    session: aiohttp.ClientSession
    means: Means
    sealer: Sealer
    links: Links
    ways: Ways
    parser: Parser
    erasing: Erasing
    desk: Desk

    async def settle(self, position: int | None = None) -> int:
        """Bring the views to a position, by default the head of the log.

        Folds here, or waits while another process does. Raises Unavailable after ten seconds.
        """
        target = await self.reader.head() if position is None else position
        deadline = asyncio.get_running_loop().time() + VIEW_WAIT_S
        while asyncio.get_running_loop().time() < deadline:
            try:
                await self.runner.catch_up()
                break
            except Conflict:
                # Another process folds; should it die, its turn ends within seconds. Nobody waits
                # for what stands still.
                if all(c.position >= target or c.halted for c in await self._ours()):
                    break
                await asyncio.sleep(_FOLDED_POLL_S)
        return await self.seen(target)

    async def seen(self, position: int) -> int:
        """Wait until all views have folded a position; Unavailable after ten seconds."""
        return await wait_until(self.replica, _NAMES, position, VIEW_WAIT_S)

    async def event(self, named: str) -> Recorded:
        """An event by its id or its position; NotFound where there is none."""
        if named.isascii() and named.isdigit() and len(named) <= 18:
            position = int(named)
            found = await self.reader.read(EVERYTHING, after=position - 1, before=position, limit=1)
        else:
            found = await self.reader.by_ids([UUID(named)] if _is_id(named) else [])
        if not found:
            raise NotFound(f"event: no event {named[:80]} is in the log", field="event")
        return found[0]

    async def events_of(self, *ids: str) -> tuple[Recorded, ...]:
        """The events of those of the ids that are an event's."""
        return tuple(await self.reader.by_ids([UUID(one) for one in ids if _is_id(one)]))

    async def later(self, event: Recorded) -> list[Recorded]:
        """What was recorded of an event after it: corrections, relations, its erasure."""
        return await self.reader.read_all(about(event), before=await self.reader.head())

    async def text(self, document: Document) -> str:
        """The stored text of a document's newest version; NotFound says how it was erased."""
        kept = await self.evidence.get(document.text_sha256)
        if kept is None:
            how = await self.erasing.how(document.text_sha256)
            reason = how.sentence() if how else "not kept"
            raise NotFound(
                f"document: the text of {document.document} is {reason}", field="document"
            )
        return kept.decode()

    async def views_at(self, min_position: int | None) -> list[Checkpoint]:
        """Where the views are, no view before the position that a reader asks for.

        Waits for them. Raises Refused beyond the end of the log, Unavailable after ten seconds.
        """
        views = await self._ours()
        if min_position is not None and any(v.position < min_position for v in views):
            head = await self.reader.head()
            if min_position > head:
                raise Refused(f"min_position: the log ends at {head}", field="min_position")
            await self.seen(min_position)
            views = await self._ours()
        return views

    async def _ours(self) -> list[Checkpoint]:
        """How far the views have come that there are here; another version may know others."""
        return [c for c in await checkpoints(self.replica) if c.name in _NAMES]

    async def add_document(self, handed: Handed, actor: Actor) -> Added:
        """Put a document on record, with the drafts found in it."""
        return await add_document(handed, self.parser, self.executor, self.evidence, actor)

    async def feeds(self, *ids: str) -> list[FeedStanding]:
        """Those of the feeds that are in the log, or all that are not removed."""
        within = {"feed": list(ids)} if ids else {"status": ["active", "paused"]}
        rows = await self.views.select(Feed, within=within, order=("position",), limit=_MOST_FEEDS)
        places = {place.feed: place for place in await self.schedule.state()}
        kept, now = await self.ways.table.kept(), self.clock()
        return [
            FeedStanding(
                feed=row,
                health=health(row.status, row.reason, places.get(row.feed), now),
                access=kept.get(row.feed, Kept()),
                schedule=places.get(row.feed),
            )
            for row in rows
        ]

    async def feed(self, feed: str) -> FeedStanding:
        """One feed, or NotFound where it was never added or is removed."""
        found = [one for one in await self.feeds(feed) if one.feed.status != "removed"]
        if not found:
            raise NotFound(f"feed: no feed {feed[:80]} is in the log", field="feed")
        return found[0]

    async def feed_decided(self, feed: str) -> FeedState:
        """A feed as the log has it, whether or not the views have come so far; or NotFound."""
        past = await self.reader.read_all(tagged(f"feed:{feed}"), before=await self.reader.head())
        state = feeds(past).get(feed)
        if state is None or state.status == "removed":
            raise NotFound(f"feed: no feed {feed[:80]} is in the log", field="feed")
        return state

    async def preview(self, url: str, *, backfill_days: int | None = None) -> Preview:
        """What a feed at an address would give; nothing is written."""
        return await preview(
            url,
            asking=self.session,
            guard=self.guard,
            parser=self.parser,
            clock=self.clock,
            backfill_days=backfill_days,
        )

    async def subscriptions_of(self, user: User) -> list[str]:
        """A user's own subscriptions."""
        own = {"owner": str(user.id)}
        rows = await self.views.select(Subscription, equal=own, limit=_MOST_SUBSCRIPTIONS)
        return [row.subscription for row in rows]

    async def whose_alerts(self, user: User) -> list[str] | None:
        """The subscriptions whose alerts a user sees; None for admins and auditors, who see all."""
        return None if user.role in ("admin", "auditor") else await self.subscriptions_of(user)

    async def acknowledge(self, alert: UUID, user: User) -> None:
        """Note that a user has seen an alert; Forbidden where that is not for them to say."""
        own = None if user.role == "admin" else await self.subscriptions_of(user)
        holding = Holding(self.deliver_database)
        await holding.acknowledge(alert, str(user.id), self.clock(), own)

    async def operator(self) -> Actor:
        """Whoever sits at this machine and uses the command line."""
        return (await self.users.ensure("operator", "admin")).actor()


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False

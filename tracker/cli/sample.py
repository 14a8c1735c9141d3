"""The sample at `tracker up --sample`: from a feed item to an alert, through the real pipeline."""

import asyncio
import io
import secrets
from collections.abc import Sequence

from rich.console import Console

from feeds.schedule import Polling
from projections.alerts.channels.webhook import WEBHOOK, new_secret
from projections.alerts.compose import Composer
from projections.alerts.outbox import Outbox
from projections.questions import Clocks
from projections.regimes import Cell
from projections.views.documents import Document
from projections.views.feeds import Feed
from projections.views.inbox import Draft
from projections.views.subscriptions import Subscription
from tracker.cli.show import segments_table
from tracker.domain.base import Actor
from tracker.domain.catalog import fact_from
from tracker.domain.errors import Refused
from tracker.domain.feed import AddFeed, MoveFeed
from tracker.domain.reviewing import AcceptDraft
from tracker.domain.subscription import Filter, OpenSubscription
from tracker.parts import Parts
from tracker.sample import DECISIONS, FEED_PATH, PUBLISHER, RECEIVER_PATH, USER, Decision
from tracker.tables.traits import Traits, set_traits, traits

CELL = Cell("EC", "CN")
_OLD_DAYS = 100_000
_ONCE_A_DAY_S = 24 * 3600
_DELIVERY_S = 15.0
_WIDTH = 80


async def begin(parts: Parts) -> None:
    """Make this log the sample's; Refused where it is somebody's own."""
    known = await traits(parts.database)
    if known.name != USER and await parts.reader.head():
        raise Refused("this data folder holds a log of your own: name another one with --data")
    await set_traits(parts.database, Traits(name=USER, basis="published"))


async def ingest(parts: Parts, polling: Polling) -> None:
    """Subscribe, poll the feed and accept what was decided; what is done already stays as it is."""
    actor = (await parts.users.ensure(USER, "analyst")).actor()
    await parts.seen(await parts.reader.head())
    await _subscribe(parts, actor)
    feed = await _feed(parts, actor)
    await polling.poll_now(feed)
    await parts.seen(await parts.reader.head())
    waiting = await parts.views.select(
        Draft, equal={"status": "waiting"}, order=("position",), limit=10_000
    )
    documents = await parts.views.select(Document, equal={"feed": feed})
    guids = {d.document: d.guid or "" for d in documents}
    for decision in DECISIONS:
        for draft in waiting:
            if decision.fits(guids.get(draft.document, ""), draft.fact_type, draft.fact):
                await _accept(parts, actor, draft, decision)
    await parts.seen(await parts.reader.head())


async def _accept(parts: Parts, actor: Actor, draft: Draft, decision: Decision) -> None:
    edited = fact_from(draft.fact_type, decision.edited(draft.fact)) if decision.edits else None
    proposed = fact_from(draft.fact_type, draft.fact)
    command = AcceptDraft(
        draft=draft.draft, proposed=proposed, edited=edited, reason=decision.reason
    )
    await parts.executor.execute(command, actor)


async def _feed(parts: Parts, actor: Actor) -> str:
    """The sample's feed, at the address where this process serves it today."""
    url = f"{parts.public_url}{FEED_PATH}"
    known: Sequence[Feed] = await parts.views.select(Feed, equal={"title": PUBLISHER})
    if known:
        await parts.executor.execute(MoveFeed(feed=known[0].feed, url=url), actor)
        return known[0].feed
    command = AddFeed(
        url=url,
        title=PUBLISHER,
        publisher=PUBLISHER,
        reliability="C",
        language="en",
        interval_s=_ONCE_A_DAY_S,
        backfill_days=_OLD_DAYS,
    )
    done = await parts.executor.execute(command, actor)
    return str(getattr(done.events[0].event, "feed", ""))


async def _subscribe(parts: Parts, actor: Actor) -> None:
    """Watch Ecuador for Chinese citizens; the sample's dates are past, so the past is asked for."""
    if await parts.views.select(Subscription, equal={"owner": actor.user}):
        return
    settings = {
        "url": f"{parts.public_url}{RECEIVER_PATH}",
        "secret": new_secret(secrets.token_bytes(32)),
    }
    channel = await parts.channels.create(actor.user, WEBHOOK.kind, settings)
    command = OpenSubscription(
        channel=channel.id,
        filter=Filter(destinations=(CELL.destination,), nationalities=(CELL.nationality,)),
        options=("include-past", "at-once"),
    )
    await parts.executor.execute(command, actor)


async def summary(parts: Parts) -> str:
    """What the sample shows: the history of one cell, and the alert that its change gave."""
    sighting = await parts.questions.sight(Clocks(basis="published"), CELL.destination)
    history = await parts.questions.history(CELL, sighting)
    page = io.StringIO()
    console = Console(file=page, width=_WIDTH, highlight=False, soft_wrap=True)
    console.print()
    console.print(segments_table(CELL, history, sighting))
    console.print()
    console.print(await _alert(parts), markup=False)
    return page.getvalue().rstrip()


async def _alert(parts: Parts) -> str:
    """The latest alert in words, once it was delivered or has been tried for a while."""
    outbox = Outbox(parts.database)
    deadline = asyncio.get_running_loop().time() + _DELIVERY_S
    while asyncio.get_running_loop().time() < deadline:
        # What confirms the subscription holds no alert.
        messages = [one for one in await outbox.messages() if one.members]
        if messages and messages[0].status == "delivered":
            composed = await Composer(parts.database, parts.public_url).compose(messages[0])
            return f"The alert that its subscriber received:\n\n{composed.text}"
        await asyncio.sleep(0.05)
    return "The alert is on its way; `tracker alerts` shows how far it has come."

"""The whole way of an alert on a real log, with a receiver on loopback."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from projections.alerts import CHANNELS
from projections.alerts.channel import Mail, Means
from projections.alerts.channels.webhook import new_secret
from projections.alerts.deliver import Deliverer
from projections.alerts.leases import Leases
from projections.alerts.matcher import Matcher
from projections.alerts.message import Note, Plan
from projections.alerts.outbox import Outbox
from projections.runner import Runner
from projections.views import entry_rules
from tests.place import Place
from tracker.domain.base import Actor, Event, NewEvent
from tracker.domain.subscription import Filter, SubscriptionOpened
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.tables.channels import Channels
from tracker.tables.sealing import Sealer

SECRET = new_secret(bytes(range(32)))
ANALYST = Actor("01a1ffcc-4f46-7c5c-9b71-7b90fa44b481", "analyst")


class Receiver:
    """A webhook endpoint that keeps what it was sent; `status` is what it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.url = ""
        self.arrived = asyncio.Event()

    async def hook(self, request: web.Request) -> web.Response:
        """Keep the request and answer."""
        self.requests.append((dict(request.headers), await request.read()))
        self.arrived.set()
        return web.Response(status=self.status, headers=self.headers)


class Tracker:
    """The parts that make and send alerts, driven one step at a time; time is at hand."""

    def __init__(
        self, place: Place, application: Database, deliver: Database, view: Database
    ) -> None:
        self.now = datetime.now(UTC)
        self.place = place
        self.appender = Appender(application)
        self.application = application
        self.deliver_database = deliver
        self.runner = Runner(view, (entry_rules.VIEW,))
        self.outbox = Outbox(deliver)
        self.leases = Leases(deliver)
        self.news = asyncio.Event()
        self.receiver = Receiver()
        self.mail: Mail | None = None
        self.session: aiohttp.ClientSession

    def clock(self) -> datetime:
        """What time it is now."""
        return self.now

    def later(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def matcher(self) -> Matcher:
        """A matcher as a process that just started has it."""
        return Matcher(self.deliver_database, self.clock, self.news)

    def deliverer(self) -> Deliverer:
        """A deliverer as a process that just started has it."""
        return Deliverer(
            self.deliver_database,
            CHANNELS,
            Means(self.session, self.mail),
            self.clock,
            self.news,
            sealer=Sealer(()),
            public_url="http://tracker.example/",
            chance=lambda: 0.5,
        )

    async def record(self, *events: Event) -> list[UUID]:
        """Append events; their ids."""
        new = [NewEvent(uuid4(), event) for event in events]
        await self.appender.append(new, ANALYST, uuid4())
        return [n.id for n in new]

    async def settle(self) -> int:
        """Fold, match and deliver what is due; how many attempts were made."""
        await self.runner.catch_up()
        await self.matcher().catch_up()
        return await self.deliverer().deliver_due()

    async def channel(self, *, fallback: str | None = None, **settings: Any) -> str:
        """A webhook channel to the receiver."""
        settings = {"url": self.receiver.url, "secret": SECRET} | settings
        return await self.channel_of("webhook", settings, fallback)

    async def channel_of(
        self, kind: str, settings: dict[str, Any], fallback: str | None = None
    ) -> str:
        """A channel of ana's."""
        channels = Channels(self.application, self.clock, Sealer(()))
        return (await channels.create("ana", kind, settings, fallback=fallback)).id

    async def owe(self, channel: str, count: int) -> list[UUID]:
        """Notices that are due now through a channel; their ids."""
        plans = [
            Plan(
                id=uuid4(),
                kind="notice",
                subscription=None,
                channel=channel,
                position=1,
                due_at=self.now,
                note=Note(f"notice {number}"),
            )
            for number in range(count)
        ]
        await self.outbox.plan(plans, self.now)
        return [plan.id for plan in plans]

    async def subscribe(self, channel: str, *options: Any, **limits: Any) -> str:
        """An open subscription, to EC × CN where nothing else is named."""
        wanted = Filter(**(limits or {"destinations": ("EC",), "nationalities": ("CN",)}))
        opened = SubscriptionOpened(
            subscription=str(uuid4()), owner="ana", channel=channel, filter=wanted, options=options
        )
        await self.record(opened)
        return opened.subscription


@pytest.fixture
async def tracker(place: Place) -> AsyncIterator[Tracker]:
    """A log with views, a matcher, a deliverer and a receiver; nothing is recorded yet."""
    async with (
        place.open("tracker_append") as application,
        place.open("tracker_deliver") as deliver,
        place.open("tracker_view") as view,
    ):
        made = Tracker(place, application, deliver, view)
        routes = web.Application()
        routes.router.add_post("/hook", made.receiver.hook)
        await made.runner.prepare()
        async with TestServer(routes) as server, aiohttp.ClientSession() as session:
            made.receiver.url = str(server.make_url("/hook"))
            made.session = session
            yield made

"""The composition root: builds everything from the settings and hands it over, open and migrated."""

import asyncio
import os
import random
import secrets
import socket
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession
from aiohttp.resolver import ThreadedResolver

from feeds.guard import Guard, guarded_session, parse_allow_list
from feeds.ways import Ways, proxied_session
from feeds.worker import Parser
from projections import VIEWS
from projections.alerts import CHANNELS
from projections.alerts.channel import Mail, Means
from projections.alerts.channels.email import mail_server
from projections.alerts.deliver import Deliverer
from projections.alerts.outbox import Outbox
from projections.alerts.reporting import USER as REPORTING_USER
from projections.alerts.reporting import Reporting
from projections.effects import USER as EFFECTS_USER
from projections.effects import Effects
from projections.questions import Questions
from projections.rebuild import Record
from projections.runner import Runner
from projections.tables import Views
from tracker import __version__
from tracker.clock import Clock, system_clock
from tracker.domain.audit import RecordViewRebuilt, ViewRebuilt
from tracker.domain.errors import Refused
from tracker.embedded import SUPERUSER, embedded
from tracker.erasing.erase import Erasing
from tracker.erasing.plan import Planner
from tracker.execute import Executor
from tracker.imports.importer import Importer
from tracker.log.append import Appender
from tracker.log.database import NAME, OWNER, ROLES, Database, create_database
from tracker.log.erase import ROLE as ERASE_ROLE
from tracker.log.erase import Eraser
from tracker.log.erasures import ErasureList
from tracker.log.evidence import Evidence
from tracker.log.migrate import migrate, require_migrated
from tracker.log.read import Reader
from tracker.parts import Parts
from tracker.proof.memory import Memory
from tracker.proof.signer import Signer
from tracker.proof.tiles import Tiles
from tracker.proof.timestamp import timestamp
from tracker.reviewing.desk import Desk
from tracker.reviewing.trusting import USER as TRUST_USER
from tracker.reviewing.trusting import Trusting
from tracker.settings import Settings
from tracker.tables.channels import Channels
from tracker.tables.feed_access import FeedAccess
from tracker.tables.links import Links
from tracker.tables.pages import Pages
from tracker.tables.schedule import Schedule
from tracker.tables.sealing import Sealer, keys_of
from tracker.tables.users import Users

UrlFor = Callable[[str], str]
"""Role → the URL of the database for it."""
# A role that is taken on stays with the server's connection, which the next transaction may not get.
_SHARED = "TRACKER_DATABASE_URL: behind a pooler each role logs in as itself, so it needs {role}"


@contextmanager
def server_for(settings: Settings) -> Generator[UrlFor]:
    """The configured PostgreSQL, or the embedded one of the data folder, with its database.

    In the address of a configured one `{role}` stands for the role: then each logs in as itself.
    """
    if settings.database_url:
        url = settings.database_url
        if settings.pooler and "{role}" not in url:
            raise Refused(_SHARED, field="TRACKER_DATABASE_URL")
        yield lambda role: url.replace("{role}", role)
        return
    folder = settings.data_dir()
    with embedded(folder) as running:
        superuser = running.url(user=SUPERUSER, database="postgres")
        asyncio.run(create_database(superuser, NAME, OWNER, ROLES))
        yield lambda role: running.url(user=role, database=NAME)


@asynccontextmanager
async def parts_of(
    settings: Settings, url_for: UrlFor, clock: Clock = system_clock, *,
    migrates: bool = True, replicated: bool = False,
) -> AsyncGenerator[Parts]:  # fmt: skip
    """Migrate, open every pool, prepare the views; all is closed again at the end.

    Who may not migrate is refused where the database is behind. Doors may be `replicated`: they read
    views from the replica of the settings. Who writes what follows from views must not.
    """
    if migrates:
        await migrate(url_for(OWNER))
    else:
        await require_migrated(url_for("tracker_append"))
    async with AsyncExitStack() as stack:
        pools = await _pools(settings, url_for, stack)
        database = pools["tracker_append"]
        replica = await _replica(settings, database, stack) if replicated else database
        reader, evidence, views = Reader(database), Evidence(database), Views(database)
        executor = Executor(reader, Appender(database), evidence, clock)
        users = Users(database, clock)
        runner = _runner(pools, partial(_record, executor, users))
        await runner.prepare()
        questions = Questions(views, reader, clock)
        erasing = Erasing(
            planner=Planner(executor, reader, evidence, questions, clock),
            executor=executor, reader=reader, evidence=evidence, database=database,
            eraser=Eraser(database, url_for(ERASE_ROLE)),
            listed=ErasureList(settings.data_dir()),
            runner=runner, outbox=Outbox(pools["tracker_deliver"]),
        )  # fmt: skip
        await erasing.resume()
        guard = Guard(parse_allow_list(settings.allow_networks.split()))
        agent = f"policy-tracker/{__version__} (+{settings.contact})"
        session = await stack.enter_async_context(guarded_session(guard, user_agent=agent))
        sealer = Sealer(keys_of(settings.secret_key))
        channels = Channels(database, clock, sealer)
        await channels.seal()
        signed = {"reader": reader, "executor": executor, "users": users}
        yield Parts(
            clock=clock,
            public_url=settings.public_url or f"http://{settings.host}:{settings.port}",
            requests_per_minute=settings.requests_per_minute,
            keep_ended_days=settings.keep_ended_days,
            database=database,
            replica=replica,
            view_database=pools["tracker_view"],
            deliver_database=pools["tracker_deliver"],
            reader=reader,
            executor=executor,
            importer=Importer(_importing(settings, url_for), reader, clock),
            evidence=evidence,
            tiles=(tiles := Tiles(database)),
            signer=_signer(settings, session, clock, tiles=tiles, **signed),
            views=Views(replica),
            questions=Questions(Views(replica), Reader(replica), clock),
            runner=runner,
            users=users,
            channels=channels,
            schedule=Schedule(database, clock),
            pages=Pages(database, clock),
            guard=guard,
            session=session,
            means=Means(session, _mail(settings)),
            sealer=sealer,
            links=Links(database),
            ways=await _ways(stack, sealer, database, clock, guard, session, agent),
            erasing=erasing,
            desk=Desk(executor, reader, views, users, clock),
            parser=await stack.enter_async_context(Parser(workers=2)),
        )


async def _pools(settings: Settings, url_for: UrlFor, stack: AsyncExitStack) -> dict[str, Database]:
    """The connections of each role that doors and workers act under, open until the end."""
    pools: dict[str, Database] = {}
    for role in ("tracker_append", "tracker_view", "tracker_rebuild", "tracker_deliver"):
        pools[role] = Database(url_for(role), role, pooled=settings.pooler)
        await pools[role].open()
        stack.push_async_callback(pools[role].close)
    return pools


async def _replica(settings: Settings, primary: Database, stack: AsyncExitStack) -> Database:
    """Where views are read from: the replica of the settings, else the database itself."""
    if settings.replica_url is None:
        return primary
    role = primary.role
    replica = Database(settings.replica_url.replace("{role}", role), role, pooled=settings.pooler)
    await replica.open()
    stack.push_async_callback(replica.close)
    return replica


async def _ways(
    stack: AsyncExitStack,
    sealer: Sealer,
    database: Database,
    clock: Clock,
    guard: Guard,
    session: ClientSession,
    agent: str,
) -> Ways:
    """How feeds are asked."""
    return Ways(
        FeedAccess(database, clock, sealer),
        guard,
        session=session,
        proxied=await stack.enter_async_context(proxied_session(agent)),
        resolver=ThreadedResolver(),
    )


def _signer(settings: Settings, session: ClientSession, clock: Clock, **given: Any) -> Signer:
    """The signer of checkpoints, on the schedule of the settings."""
    return Signer(
        memory=Memory(settings.data_dir() / "signer", _host(settings), secrets.token_bytes),
        clock=clock,
        every_s=settings.checkpoint_every_s,
        stamp=partial(timestamp, session, settings.tsa_url) if settings.tsa_url else None,
        **given,
    )


def _mail(settings: Settings) -> Mail | None:
    """The mail server of the settings; Refused where they do not go together."""
    if settings.smtp_url is None:
        return None
    sender = settings.mail_from or ""
    return mail_server(settings.smtp_url, sender, settings.dkim_key, settings.dkim_selector)


def deliverer_of(parts: Parts, news: asyncio.Event, **other: Any) -> Deliverer:
    """What delivers alerts; `other` is what a test or a benchmark brings."""
    usual: dict[str, Any] = {"clock": parts.clock, "chance": random.random, "means": parts.means}
    return Deliverer(
        parts.deliver_database,
        CHANNELS,
        news=news,
        sealer=parts.sealer,
        public_url=parts.public_url,
        **(usual | other),
    )


def _runner(pools: dict[str, Database], record: Record) -> Runner:
    """The runner of the views: it folds under one role, and builds their tables under another."""
    owner = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
    return Runner(
        pools["tracker_view"],
        VIEWS,
        builder=pools["tracker_rebuild"],
        owner=owner,
        record=record,
    )


async def _record(executor: Executor, users: Users, rebuilt: ViewRebuilt) -> None:
    """Put on record what a view was rebuilt to."""
    actor = (await users.ensure("view-keeper", "system")).actor()
    await executor.execute(RecordViewRebuilt(rebuilt=rebuilt), actor)


async def effects_of(parts: Parts) -> Effects:
    """What records the days on which changes take effect."""
    return Effects(
        views=parts.views,
        reader=parts.reader,
        executor=parts.executor,
        actor=(await parts.users.ensure(EFFECTS_USER, "system")).actor(),
        clock=parts.clock,
    )


async def trusting_of(parts: Parts) -> Trusting:
    """What accepts the drafts that feeds are trusted with."""
    actor = (await parts.users.ensure(TRUST_USER, "system")).actor()
    return Trusting(parts.executor, parts.reader, parts.views, actor, parts.settle)


async def reporting_of(parts: Parts) -> Reporting:
    """What seals the delivery log."""
    actor = (await parts.users.ensure(REPORTING_USER, "system")).actor()
    return Reporting(parts.database, parts.reader, parts.executor, actor, parts.clock)


def _host(settings: Settings) -> str:
    """What the log is called after where it has no origin yet."""
    public = urlsplit(settings.public_url).hostname if settings.public_url else None
    return public or socket.gethostname()


def _importing(settings: Settings, url_for: UrlFor) -> Database:
    """The database for whoever imports; opened only then, as hardly a process does."""
    role = "tracker_import"
    return Database(url_for(role), role, most=1, pooled=settings.pooler)

"""Every item of a feed is known once, is not new when it comes back, and is revised by class.

TRACKER_TEST_FEED_ARCHIVE names a tar file of snapshots (`*.rss`, in the order of their names) to
run the same on a real feed.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.chance import ROUNDS, UNMEASURED, chance
from tests.conftest import cloned
from tests.place import Cluster, Place, parts_at
from tests.stories import polling_process
from tests.stories.snapshots import CHANGES, Archive, made
from tests.stories.tracker_process import ENVIRONMENT
from tracker.collecting import polling_of
from tracker.domain.base import tagged
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.feed import AddFeed, FeedAdded
from tracker.parts import Parts

GIVEN = os.environ.get("TRACKER_TEST_FEED_ARCHIVE")
Version = DocumentReceived | DocumentRevised


@asynccontextmanager
async def serving(archive: Archive) -> AsyncGenerator[str]:
    """The archive on loopback; its address."""
    app = web.Application()
    app.router.add_get("/{path:.*}", archive.answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def added(parts: Parts, base: str) -> str:
    """A feed of full texts; its id."""
    command = AddFeed(url=f"{base}feed.xml", article="never")
    done = await parts.executor.execute(command, await parts.operator())
    event = done.events[0].event
    assert isinstance(event, FeedAdded)
    return event.feed


async def versions(parts: Parts) -> list[Version]:
    """Everything that the feed brought, in order; its bytes are kept."""
    query = tagged("type:document-received", "type:document-revised")
    events = await parts.reader.read_all(query, before=await parts.reader.head())
    found = [r.event for r in events if isinstance(r.event, Version)]
    kept = await parts.evidence.sizes({sha for event in found for sha in event.contents()})
    assert kept.keys() == {sha for event in found for sha in event.contents()}
    return found


async def straight(place: Place, archive: Archive) -> list[Version]:
    """What one process makes of all snapshots."""
    async with serving(archive) as base, parts_at(place) as parts:
        feed, polling = await added(parts, base), await polling_of(parts)
        counted: Counter[str] = Counter()
        for number in range(len(archive.bodies)):
            archive.at = number
            polled = await polling.poll_now(feed)
            assert polled.outcome == "ok", polled.message
            counted += Counter(new=polled.counts.new, revised=polled.counts.revised)
        found = await versions(parts)
    received = [event for event in found if isinstance(event, DocumentReceived)]
    assert counted == Counter(new=len(received), revised=len(found) - len(received))
    return found


async def interrupted(place: Place, archive: Archive, kills: int) -> list[Version]:
    """What processes make of them that are killed at any moment, one after the other."""
    draw = chance()
    async with serving(archive) as base, parts_at(place) as parts:
        feed = await added(parts, base)
        for turn in range(kills + 1):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", polling_process.__name__, place.server.base, place.name,
                str(place.data), feed, f"{base}next", str(4 * turn),
                env=ENVIRONMENT | UNMEASURED | {"PYTHONWARNINGS": "ignore"},
            )  # fmt: skip
            if turn < kills:
                goal = len(archive.bodies) * (turn + 1) // (kills + 1)
                there = asyncio.create_task(archive.reach(goal))
                ended = asyncio.create_task(process.wait())
                await asyncio.wait({there, ended}, return_when=asyncio.FIRST_COMPLETED)
                await asyncio.sleep(draw.uniform(0, 0.05))
                process.kill()
            code = await process.wait()
            assert code == (-9 if turn < kills else 0)
        assert archive.at == len(archive.bodies)
        return await versions(parts)


def told(found: list[Version]) -> list[tuple[object, ...]]:
    """What does not depend on the ids of a log."""
    return [
        (e.type, e.guid, getattr(e, "diff", None), e.title, e.url, e.published_at, *e.contents())
        for e in found
    ]


def counts(found: list[Version]) -> tuple[int, Counter[str]]:
    """How many items there are, each known once, and how many revisions of each class."""
    received = [event for event in found if isinstance(event, DocumentReceived)]
    revised = [event for event in found if isinstance(event, DocumentRevised)]
    assert len({event.guid for event in received}) == len(received)
    assert {event.document for event in revised} <= {event.document for event in received}
    return len(received), Counter(event.diff for event in revised)


@pytest.mark.kill
async def test_every_item_is_known_once_also_where_the_poller_is_killed(
    server: Cluster, place: Place, tmp_path: Path
) -> None:
    archive, expected = made(seed=20240601)
    again = Archive(archive.bodies)
    found = await straight(place, archive)
    with cloned(server, tmp_path / "killed", "killed") as other:
        survived = await interrupted(other, again, kills=max(2, ROUNDS // 2))

    assert counts(found) == (expected.items, expected.revisions)
    assert set(expected.revisions) == set(CHANGES)
    assert archive.reappearances() == expected.came_back > 0
    assert told(survived) == told(found)


@pytest.mark.skipif(not GIVEN, reason="TRACKER_TEST_FEED_ARCHIVE names no archive of snapshots")
async def test_an_archive_of_a_real_feed_gives_the_same_twice(
    server: Cluster, place: Place, tmp_path: Path
) -> None:
    archive = Archive.read(Path(str(GIVEN)))
    found = await straight(place, archive)
    with cloned(server, tmp_path / "killed", "killed") as other:
        survived = await interrupted(other, Archive(archive.bodies), kills=ROUNDS)

    items, revisions = counts(found)
    came_back = archive.reappearances()
    print(f"{len(archive.bodies)} snapshots: {items} items, {came_back} reappearances,"
          f" {dict(revisions)} revisions")  # fmt: skip
    assert items
    assert told(survived) == told(found)

"""Six hundred polls of one real feed: known once, never new again, edits on record as revisions."""

import re
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.place import Place, parts_at
from tracker.domain.base import tagged
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.feed import AddFeed, FeedAdded
from tracker.wiring import polling_of

SNAPSHOTS = Path(__file__).parents[3] / "shared" / "data" / "state-press-rss" / "snapshots.tar.xz"


class Archive:
    """Serves the snapshots of a feed in the order in which they were taken."""

    def __init__(self, path: Path) -> None:
        with tarfile.open(path) as archive:
            files = {m.name: archive.extractfile(m) for m in archive if m.name.endswith(".rss")}
            self.bodies = [file.read() for _, file in sorted(files.items()) if file]
        self.at = 0

    def reappearances(self) -> int:
        """How often an item came back after it had left the window."""
        seen: set[bytes] = set()
        before: set[bytes] = set()
        count = 0
        for body in self.bodies:
            now = set(re.findall(rb"<guid[^>]*>([^<]+)</guid>", body))
            count += len((now & seen) - before)
            seen |= now
            before = now
        return count

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(body=self.bodies[self.at], content_type="application/rss+xml")


@pytest.mark.skipif(not SNAPSHOTS.exists(), reason="the archive of snapshots is not at hand")
async def test_six_hundred_snapshots_give_every_item_once_and_every_edit_as_a_revision(
    place: Place,
) -> None:
    archive = Archive(SNAPSHOTS)
    app = web.Application()
    app.router.add_get("/feed.xml", archive.answer)
    async with TestServer(app) as server, parts_at(place) as parts:
        polling = await polling_of(parts)
        url = str(server.make_url("/feed.xml"))
        done = await parts.executor.execute(AddFeed(url=url), await parts.operator())
        added = done.events[0].event
        assert isinstance(added, FeedAdded)
        counted: Counter[str] = Counter()
        for number in range(len(archive.bodies)):
            archive.at = number
            polled = await polling.poll_now(added.feed)
            assert polled.outcome == "ok", polled.message
            counted += Counter(
                new=polled.counts.new, revised=polled.counts.revised, known=polled.counts.known
            )
        events = await parts.reader.read_all(
            tagged("type:document-received", "type:document-revised"),
            before=await parts.reader.head(),
        )

    received = [r.event for r in events if isinstance(r.event, DocumentReceived)]
    revised = [r.event for r in events if isinstance(r.event, DocumentRevised)]
    classes = Counter(event.diff for event in revised)
    came_back = archive.reappearances()
    print(f"{len(received)} items, {came_back} reappearances, {dict(classes)} revisions")
    assert came_back > 0
    assert len(archive.bodies) == 600
    assert len({event.guid for event in received}) == len(received) == counted["new"]
    assert len(revised) == counted["revised"]
    assert {event.document for event in revised} <= {event.document for event in received}

"""Snapshots of a feed, made from a seed or read from an archive, and what must come of them."""

import asyncio
import html
import random
import re
import tarfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

START = datetime(2024, 6, 1, 8, tzinfo=UTC)
WORDS = (
    "the ministry of interior said on tuesday that citizens need a visa from july while holders of "
    "residence permits may still enter for ninety days after a decision by the council"
).split()
CHANGES = ("substantive", "cosmetic", "date-only")


class Archive:
    """Serves snapshots in the order in which they were taken."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self.bodies = bodies
        self.at = 0
        self._goal = 0
        self._reached = asyncio.Event()

    @classmethod
    def read(cls, path: Path) -> "Archive":
        """The snapshots in a tar file, by name."""
        with tarfile.open(path) as archive:
            files = {m.name: archive.extractfile(m) for m in archive if m.name.endswith(".rss")}
            return cls([file.read() for _, file in sorted(files.items()) if file])

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

    async def reach(self, number: int) -> None:
        """Wait until somebody has gone on to the snapshot with a number."""
        self._goal = number
        self._reached.clear()
        while self.at < number:
            await self._reached.wait()

    async def answer(self, request: web.Request) -> web.Response:
        """The snapshot of now; `/next` goes on to the one after it, as long as there is one."""
        if request.path != "/next":
            return web.Response(body=self.bodies[self.at], content_type="application/rss+xml")
        self.at += 1
        if self.at >= self._goal:
            self._reached.set()
        return web.Response(status=200 if self.at < len(self.bodies) else 410)


class Story:
    """One item over its life: a title, its words, and when it says that it was published."""

    def __init__(self, number: int, draw: random.Random) -> None:
        self.guid = f"story-{number}"
        self.title = f"Report {number}"
        self.words = [draw.choice(WORDS) for _ in range(90)]
        self.published = START + timedelta(hours=number)

    def change(self, kind: str, draw: random.Random) -> None:
        """Change in one way."""
        at = draw.randrange(len(self.words))
        if kind == "date-only":
            self.published += timedelta(minutes=draw.randrange(1, 60))
        elif kind == "cosmetic":
            self.words[at] += ","
        else:
            self.words[at] = f"number{draw.randrange(10**9)}"

    def item(self) -> str:
        """The item as RSS."""
        return (
            f"<item><title>{self.title}</title><guid>{self.guid}</guid>"
            f"<link>https://news.example/{self.guid}</link>"
            f"<pubDate>{format_datetime(self.published)}</pubDate>"
            f"<description>{html.escape(' '.join(self.words))}</description></item>"
        )


class Expected:
    """How many items, reappearances and revisions of each class the snapshots have."""

    def __init__(self) -> None:
        self.items = 0
        self.came_back = 0
        self.revisions: Counter[str] = Counter()


def made(seed: int, *, snapshots: int = 40, window: int = 6) -> tuple[Archive, Expected]:
    """Snapshots of a window that slides, items that leave and return, and edits of each class."""
    draw = random.Random(seed)
    expected = Expected()
    stories = [Story(n, draw) for n in range(window)]
    gone: list[Story] = []
    bodies: list[bytes] = []
    expected.items = window
    for _ in range(snapshots):
        found = "".join(story.item() for story in stories)
        channel = f"<channel><title>News</title>{found}</channel>"
        bodies.append(f'<rss version="2.0">{channel}</rss>'.encode())
        if len(bodies) == snapshots:
            break
        changing = draw.sample(stories, 2)
        leaving = stories.pop()
        for story, kind in zip(changing, draw.sample(CHANGES, 2), strict=True):
            if story is not leaving:
                story.change(kind, draw)
                expected.revisions[kind] += 1
        if gone and draw.random() < 0.4:
            stories.insert(0, gone.pop(draw.randrange(len(gone))))
            expected.came_back += 1
        else:
            stories.insert(0, Story(expected.items, draw))
            expected.items += 1
        gone.append(leaving)
    return Archive(bodies), expected

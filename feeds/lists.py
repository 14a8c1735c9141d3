"""Many feeds at once: taken in from a list, all that can be or none, and given out as one."""

import msgspec

from feeds import opml
from feeds.guard import Guard, loggable
from feeds.opml import Entry
from tracker.clock import Clock
from tracker.domain.base import Actor
from tracker.domain.errors import Refused
from tracker.domain.feed import KNOWN, AddFeed, AddFeeds, FeedAdded, feeds
from tracker.domain.feed_settings import PORTABLE
from tracker.domain.ids import derived
from tracker.execute import Executor
from tracker.log.read import Reader


class TakenIn(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a list."""

    added: tuple[FeedAdded, ...]
    known: int
    """Feeds that were polled already; they stay as they are."""
    broken: tuple[str, ...]
    """A line about everything that could not be used."""
    position: int


async def take_in(
    data: bytes, *, executor: Executor, guard: Guard, actor: Actor, key: str | None = None
) -> TakenIn:
    """Poll the feeds of an OPML list from now on; they are added in one append.

    Raises Refused or TooLarge where the list cannot be read as a whole; then nothing is added.
    """
    read = opml.read(data)
    commands, broken = _usable(read.entries, guard)
    done = await executor.execute(AddFeeds(feeds=commands), actor, idempotency_key=key)
    added = tuple(new.event for new in done.events if isinstance(new.event, FeedAdded))
    return TakenIn(
        added=added,
        known=len(commands) - len(added),
        broken=(*read.broken, *broken),
        position=done.position,
    )


def _usable(entries: list[Entry], guard: Guard) -> tuple[tuple[AddFeed, ...], list[str]]:
    """The additions that a list asks for, and why others cannot be."""
    usable: dict[str, AddFeed] = {}
    broken: list[str] = []
    for entry in entries:
        try:
            guard.check_url(entry.url)
            command = msgspec.convert({"url": entry.url, **entry.settings}, AddFeed, strict=False)
            command = command.normal()
            command.event(str(derived("feed of a list")))
        except Refused as refused:
            broken.append(f"line {entry.line}: {refused.message}")
        except msgspec.ValidationError as wrong:
            broken.append(f"line {entry.line}: {loggable(entry.url)[:200]}: {wrong}")
        else:
            if usable.setdefault(command.url, command) is not command:
                broken.append(f"line {entry.line}: {command.url[:200]} stands in the list twice")
    return tuple(usable.values()), broken


async def given_out(reader: Reader, clock: Clock) -> bytes:
    """All feeds that are not removed, with what is set for them, as OPML."""
    past = await reader.read_all(KNOWN, before=await reader.head())
    entries = [
        Entry(url=state.url, settings={name: getattr(state.settings, name) for name in PORTABLE})
        for state in feeds(past).values()
        if state.status != "removed"
    ]
    entries.sort(key=lambda e: (e.settings["category"] or "", e.settings["title"] or "", e.url))
    return opml.written(entries, clock())

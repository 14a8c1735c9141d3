"""Parsing in a process of its own, which may be killed: hostile input costs it, not the poller."""

import asyncio
import importlib
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from feeds.extractor import Found
from feeds.items import RawItem
from feeds.page import PageText, main_text
from feeds.parsed import ParsedFeed

_TASKS_PER_PROCESS = 1000
_Read = TypeVar("_Read")


class Parser:
    """A few killable processes that read feeds and pages, and what items say; an async context manager.

    Processes are spawned on first use, so the program's main module must be importable without
    side effects.
    """

    def __init__(
        self, *, workers: int = 1, timeout_s: float = 15, memory_bytes: int = 1 << 30
    ) -> None:
        self._timeout_s = timeout_s
        self._memory_bytes = memory_bytes
        self._pool = ProcessPool(
            max_workers=workers,
            # A fresh process now and then gives back what a hostile document made it keep.
            max_tasks=_TASKS_PER_PROCESS,
            initializer=_make_ready,
            initargs=(memory_bytes,),
            # Forking a process that runs threads copies locks that nobody will ever release.
            context=multiprocessing.get_context("spawn"),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._pool.stop()
        await asyncio.to_thread(self._pool.join)

    async def parse(
        self,
        body: bytes,
        *,
        content_type: str | None = None,
        base_url: str | None = None,
    ) -> ParsedFeed:
        """`parse.parse_bytes`, bounded in time and memory; beyond either the feed is malformed."""
        parsed = await self._run(_parse, body, content_type=content_type, base_url=base_url)
        return parsed if isinstance(parsed, ParsedFeed) else ParsedFeed.malformed(parsed)

    async def main_text(self, body: bytes, *, content_type: str | None = None) -> PageText | str:
        """`page.main_text`, bounded in the same way; a sentence says why it was given up."""
        return await self._run(main_text, body, content_type=content_type)

    async def found(self, items: Sequence[tuple[RawItem, str]]) -> list[Found] | str:
        """`extract.found_in` items with their documents, bounded in the same way."""
        return await self._run(_found_in, items) if items else []

    async def _run(self, work: Callable[..., _Read], of: Any, **options: str | None) -> _Read | str:
        future = cast(
            Future[_Read],
            self._pool.schedule(work, args=[of], kwargs=options, timeout=self._timeout_s),
        )
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError:
            return f"Reading the document took longer than {self._timeout_s:g} seconds."
        except MemoryError:
            return f"Reading the document took more than {self._memory_bytes >> 20} MB of memory."
        except ProcessExpired:
            return "Reading the document ended its process."


# Only the processes that read pay for loading what they read with; the commands start without it.
def _parse(body: bytes, *, content_type: str | None, base_url: str | None) -> ParsedFeed:
    from feeds.parse import parse_bytes

    return parse_bytes(body, content_type=content_type, base_url=base_url)


def _found_in(items: Sequence[tuple[RawItem, str]]) -> list[Found]:
    from feeds.extract import found_in

    return found_in(items)


def _make_ready(memory_bytes: int) -> None:
    # Loading them takes time that is no document's.
    for name in ("feeds.parse", "feeds.extract"):
        importlib.import_module(name)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))

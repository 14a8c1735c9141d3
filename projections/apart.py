"""Views of a large log, built by processes of their own, each in two transactions of its own.

    here                     there, for each share of the views
    ────                     ──────────────────────────────────
    start ────────────────→  fold, COPY, index, hash
    how far it is ←────────  position, page by page
    what was built ←───────  rows are there, uncommitted
    go on ────────────────→  commit
    done ←─────────────────  nothing left to do

A process that hears nothing any more rolls back: what is half-built is seen by nobody.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Generator, Iterable, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import uvloop

from projections.building import Built
from projections.collector import unswept
from projections.pages import Pages
from projections.site import Site, Told, roomily
from projections.view import View
from tracker.domain.errors import Unavailable
from tracker.log.database import Database

R = TypeVar("R")


class Job(msgspec.Struct, frozen=True):
    """What a process is to build, and from where; of a log up to a position."""

    url: str
    role: str
    views: tuple[View, ...]
    erased: frozenset[UUID]
    until: int
    pooled: bool = False
    busy: bool = False
    """Whether every core has such a process."""


class _Fault(msgspec.Struct, frozen=True):
    """Why a process could not build its views."""

    message: str


async def build_apart(jobs: Sequence[Job], told: Told) -> list[Built]:
    """Build the views of all jobs, each job in a process, and commit them once all are there.

    Raises Unavailable where a process could not go on or was ended from outside.
    """
    reached = [0] * len(jobs)

    def one_told(number: int) -> Callable[[int], None]:
        def one(position: int) -> None:
            reached[number] = position
            told(min(reached), jobs[number].until)

        return one

    with contextlib.ExitStack() as stack:
        workers = [stack.enter_context(_started(job)) for job in jobs]
        listening = (worker.built(one_told(n)) for n, worker in enumerate(workers))
        found = await _all(listening)
        await _all(worker.committed() for worker in workers)
    return [built for some in found for built in some]


async def _all(work: Iterable[Coroutine[Any, Any, R]]) -> list[R]:
    """The results of all; nobody waits for the others after the first fault."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()


class Worker:
    """A process as seen from here."""

    def __init__(self, process: SpawnProcess, ours: Connection) -> None:
        self._process = process
        self._ours = ours

    async def built(self, told: Callable[[int], None]) -> list[Built]:
        """What it built, not yet committed; it tells how far it is meanwhile."""
        while True:
            said = await self._heard()
            if isinstance(said, int):
                told(said)
            else:
                return said

    async def committed(self) -> None:
        """Let it commit, and wait for that."""
        with _ended():
            self._ours.send(True)
        await self._heard()

    async def _heard(self) -> Any:
        with _ended():
            said = await asyncio.to_thread(self._ours.recv)
        if isinstance(said, _Fault):
            raise Unavailable(f"a process that folded events broke off: {said.message}")
        return said


@contextlib.contextmanager
def _ended() -> Generator[None]:
    """Say so where there is nobody at the other end."""
    try:
        yield
    except (EOFError, OSError):
        raise Unavailable("a process that folded events was ended from outside") from None


@contextlib.contextmanager
def _started(job: Job) -> Generator[Worker]:
    # Spawned, so that no thread or open connection of the caller is copied into it.
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work, args=(job, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Worker(process, ours)
    finally:
        process.kill()
        process.join()
        ours.close()


def work(job: Job, here: Connection) -> None:
    """Build the views of a job; runs in a process of its own."""
    # Ctrl-C is for all processes of a terminal; who started this one ends it, and says why.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with unswept():
            kept = uvloop.run(_work(job, here))
        here.send(None)
        # Millions of rows are not taken apart one by one, while somebody waits for that answer.
        del kept
    except (BrokenPipeError, EOFError):
        return  # nobody waits for it any more
    except Exception as fault:  # noqa: BLE001  whatever it is, it is raised over there
        here.send(_Fault(str(fault) or repr(fault)))


async def _work(job: Job, here: Connection) -> Site:
    database = Database(job.url, job.role, most=3, pooled=job.pooled)
    await database.open()
    try:
        async with database.transaction() as connection, database.transaction() as beside:
            for one in (connection, beside):
                await roomily(one, busy=job.busy)
            pages = Pages(database)
            site = Site(connection, pages, job.views, job.erased, beside=beside)
            await site.build(job.until, lambda position, _: here.send(position))
            here.send([building.built() for building in site.buildings])
            await asyncio.to_thread(here.recv)
    finally:
        await database.close()
    return site

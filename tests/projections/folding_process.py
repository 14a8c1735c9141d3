"""A process that folds: `python -m tests.projections.folding_process URL FILE`.

At the event that names somebody `stop` it makes the file and stands still, if it is given one.
"""

import asyncio
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from projections.runner import Runner
from projections.view import Row, State
from tests.projections.tally import TALLY, fold, name_of
from tracker.domain.base import Recorded
from tracker.log.database import Database
from tracker.log.follow import Head


def stopping(state: State, recorded: Recorded) -> Iterable[Row]:
    """As the tally folds, but for that one event."""
    if name_of(recorded) == "stop":
        Path(sys.argv[2]).touch()
        time.sleep(600)
    return fold(state, recorded)


async def _main() -> None:
    view = TALLY if len(sys.argv) < 3 else msgspec.structs.replace(TALLY, fold=stopping)
    database = Database(sys.argv[1], "tracker_view", most=4)
    await database.open()
    head, runner = Head(database), Runner(database, [view])
    await runner.prepare()
    print("ready", flush=True)
    await asyncio.gather(head.watch(), runner.run(head))


if __name__ == "__main__":
    asyncio.run(_main())

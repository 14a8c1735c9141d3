"""Snapshots of who may enter where, imported one after the other, can each be asked for again.

Set TRACKER_TEST_SNAPSHOTS to a folder of dated files (`2024-06-10.csv` or `.csv.gz`) to run the
same on those.
"""

import gzip
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from projections.answers import answer
from projections.questions import Clocks, Questions
from projections.regimes import Cell
from projections.runner import Runner
from projections.sweeps import row
from projections.tables import Views
from projections.views import entry_rules, inbox
from tests.place import Place
from tests.projections.folding import change
from tests.tracker.log.events import ANALYST
from tracker.clock import system_clock
from tracker.domain.base import NewEvent
from tracker.domain.ids import derived
from tracker.imports.importer import Importer
from tracker.imports.passport_index import Rule, cells
from tracker.imports.snapshots import Given, Snapshots
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

OWN = Path(__file__).parents[1] / "data/snapshots"
GIVEN = os.environ.get("TRACKER_TEST_SNAPSHOTS")
FOLDERS = [OWN, *([Path(GIVEN)] if GIVEN else [])]
NOW = datetime(2025, 6, 1, tzinfo=UTC)


def snapshots(folder: Path) -> dict[str, bytes]:
    """Day → the file, in the order of days."""
    files = sorted(f for f in folder.iterdir() if ".csv" in f.suffixes)
    return {
        f.name[:10]: gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes()
        for f in files
    }


class Log:
    """A log with the view of entry rules, into which snapshots are brought."""

    def __init__(self, database: Database, runner: Runner, importing: Snapshots) -> None:
        self.database = database
        self.runner = runner
        self.reader = Reader(database)
        self.questions = Questions(Views(database), self.reader, lambda: NOW)
        self._importing = importing

    async def bring_in(self, day: str, data: bytes) -> int:
        """Import a snapshot and fold it; the position reached."""
        await self._importing.bring_in(Given(data=data, observed_on=day, url=None), ANALYST)
        await self.runner.catch_up()
        return await self.reader.head()


@asynccontextmanager
async def a_log(place: Place) -> AsyncGenerator[Log]:
    async with place.open("tracker_append") as database, place.open("tracker_view") as views:
        runner = Runner(views, (entry_rules.VIEW, inbox.VIEW))
        await runner.prepare()
        own = Database(place.url("tracker_import"), "tracker_import", most=1)
        importer = Importer(own, Reader(database), system_clock)
        async with importer.opened():
            made = Snapshots(importer, Reader(database), Evidence(database), system_clock)
            yield Log(database, runner, made)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
async def test_the_state_on_the_day_of_each_snapshot_is_that_snapshot_cell_by_cell(
    place: Place, folder: Path
) -> None:
    files = snapshots(folder)
    async with a_log(place) as log:
        known = {day: await log.bring_in(day, data) for day, data in files.items()}
        days = list(files)
        for i, day in enumerate(days):
            said = {(c.destination, c.passport): c.rule.regime for c in cells(files[day].decode())}
            later = date.fromisoformat(days[i + 1]) if i + 1 < len(days) else NOW.date()
            between = str(date.fromisoformat(day) + (later - date.fromisoformat(day)) / 2)
            last = known[days[-1]]
            # On its day as known at the end; and between two as known before the later one.
            for valid_at, position in ((day, last), (day, known[day]), (between, known[day])):
                clocks = Clocks(valid_at, str(position))
                found = await log.questions.matrix(await log.questions.sight(clocks))
                wrong = {
                    (to, who): (regime, said.get((to, who)))
                    for to, row in zip(found.destinations, found.cells, strict=True)
                    for who, index in zip(found.nationalities, row, strict=True)
                    if (regime := found.regimes[index]) != said.get((to, who), "unknown")
                }
                assert not wrong, (valid_at, position, len(wrong), dict(list(wrong.items())[:5]))
                assert len(found.destinations) == len({to for to, _ in said})
            rules = {(c.destination, c.passport): c.rule for c in cells(files[day].decode())}
            await answers_are(log, Clocks(day, str(known[day])), rules)


async def answers_are(log: Log, clocks: Clocks, said: dict[tuple[str, str], Rule]) -> None:
    """Every whole answer has the regime and the days of stay of the snapshot."""
    sighting = await log.questions.sight(clocks)
    found: dict[tuple[str, str], tuple[str, int | None]] = {}
    for destination in sorted({to for to, _ in said}):
        facts = await log.questions.facts(destination=destination)
        for one in row(facts, destination, sighting):
            if one.regime != "unknown":
                found[destination, one.nationality] = one.regime, one.max_stay_days
    assert found == said


async def test_an_announced_suspension_stands_under_snapshots_that_see_something_else(
    place: Place,
) -> None:
    free = change("visa-free", "2016-08", action="introduced")
    suspended = change(
        "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18"
    )
    async with a_log(place) as log:
        new = [NewEvent(derived("story", str(i)), e) for i, e in enumerate((free, suspended))]
        await Appender(log.database).append(new, ANALYST, new[0].id)
        for day, data in snapshots(OWN).items():
            await log.bring_in(day, data)

        sighting = await log.questions.sight(Clocks("2024-08-04"))
        found = await log.questions.cell(Cell("EC", "CN"), sighting)
        assert (found.regime, found.implied) == ("visa-free-suspended", "visa-required")
        assert found.disputed
        assert found.observed is not None
        assert (found.observed.regime, str(found.observed.on)) == ("e-visa", "2024-08-03")
        # The snapshot of July saw what the suspension implies.
        assert found.last_confirmed_on == date(2024, 7, 2)
        matrix = await log.questions.matrix(sighting)
        assert matrix.regime("EC", "CN") == "visa-free-suspended"
        eve = answer(
            await log.questions.facts(destination="EC"),
            Cell("EC", "CN"),
            date(2024, 8, 3) - timedelta(days=1),
            sighting.known,
        )
        assert (eve.regime, eve.disputed) == ("visa-free-suspended", False)

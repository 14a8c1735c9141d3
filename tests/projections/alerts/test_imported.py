"""An import tells nobody who did not ask for it; how much it would have told is counted."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from projections.alerts.backtest import Backtest
from projections.alerts.imported import untold
from tests.projections.alerts.conftest import ANALYST, Tracker
from tests.projections.folding import change
from tracker.clock import system_clock
from tracker.domain.filter import Filter
from tracker.domain.ids import import_id, is_import
from tracker.imports.importer import Importer
from tracker.imports.snapshots import Given, Snapshots
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SNAPSHOT = b"Passport,Destination,Requirement\nCN,EC,visa required\n"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
KEY = Filter(destinations=("EC",), nationalities=("CN",))


@pytest.fixture
async def snapshots(tracker: Tracker) -> AsyncIterator[Snapshots]:
    database = tracker.application
    own = Database(tracker.place.url("tracker_import"), "tracker_import", most=1)
    async with Importer(own, Reader(database), system_clock).opened() as importer:
        yield Snapshots(importer, Reader(database), Evidence(database), system_clock)


async def test_a_snapshot_alerts_only_who_asked_for_imports(
    tracker: Tracker, snapshots: Snapshots
) -> None:
    channel = await tracker.channel()
    silent = await tracker.subscribe(channel)
    asked = await tracker.subscribe(channel, "include-imports")
    await tracker.record(VISA_FREE)
    await tracker.settle()
    await snapshots.bring_in(Given(data=SNAPSHOT, observed_on=YESTERDAY), ANALYST)
    await tracker.settle()

    (message,) = await tracker.outbox.messages()
    assert message.subscription == asked
    assert [r.kind for r in message.members[0].matched.reasons] == ["unannounced"]
    (counted,) = await untold(tracker.application)
    assert (counted.subscription, counted.alerts) == (silent, 1)
    assert await untold(tracker.application, [asked]) == []
    assert is_import(counted.import_id)
    backtest = Backtest(tracker.application)
    assert (await backtest.run(KEY)).hits == []
    assert len((await backtest.run(KEY, ("include-imports",))).hits) == 1

    await tracker.deliver_database.run("update alert.cursor set position = 0")
    await tracker.matcher().catch_up()
    assert await untold(tracker.application) == [counted]


async def test_what_is_recorded_after_an_import_is_told_as_ever(
    tracker: Tracker, snapshots: Snapshots
) -> None:
    await tracker.subscribe(await tracker.channel())
    await snapshots.bring_in(Given(data=SNAPSHOT, observed_on=YESTERDAY), ANALYST)
    await tracker.record(change("entry-ban", "2099-07-01"))
    await tracker.settle()

    (message,) = await tracker.outbox.messages()
    (reason,) = message.members[0].matched.reasons
    assert (reason.before, reason.after) == ("visa-required", "entry-ban")
    assert await untold(tracker.application) == []


def test_an_import_is_told_from_other_commands_by_its_correlation() -> None:
    made = import_id(bytes(range(10)))
    assert (made.version, is_import(made)) == (8, True)
    assert made != import_id(bytes(10))

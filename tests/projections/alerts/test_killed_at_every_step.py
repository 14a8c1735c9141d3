"""A process that is killed at every step from match to record: nothing is lost, ids stay."""

import asyncio
import sys

import pytest

from tests.chance import ROUNDS, UNMEASURED
from tests.projections.alerts import alerting_process
from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change
from tests.stories.tracker_process import ENVIRONMENT

# Match and outbox, lease, send, record; and the claim that finds nothing more.
STEPS = 5


async def started(tracker: Tracker, looks: int) -> asyncio.subprocess.Process:
    url = tracker.place.url("tracker_deliver")
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", alerting_process.__name__, url, str(looks),
        env=ENVIRONMENT | UNMEASURED,
    )  # fmt: skip


@pytest.mark.kill
async def test_killed_at_every_step_no_alert_is_lost_and_a_second_one_has_the_same_id(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(change("visa-free", "2016-08-15", action="introduced"))
    for number in range(ROUNDS):
        regime = ("visa-required", "visa-free")[number % 2]
        await tracker.record(change(regime, f"{2030 + number}-01-01"))
        await tracker.runner.catch_up()
        process = await started(tracker, number % STEPS + 1)
        assert await process.wait() == -9

    last = await started(tracker, 0)
    async with asyncio.timeout(30):
        while await tracker.outbox.counts() != {"delivered": ROUNDS}:
            tracker.receiver.arrived.clear()
            try:
                async with asyncio.timeout(0.05):
                    await tracker.receiver.arrived.wait()
            except TimeoutError:  # what arrived is recorded a moment later
                pass
    last.kill()
    await last.wait()

    messages = await tracker.outbox.messages(limit=ROUNDS + 1)
    arrived = [headers["webhook-id"] for headers, _ in tracker.receiver.requests]
    assert set(arrived) == {str(m.id) for m in messages}
    assert len(messages) == ROUNDS
    assert len(arrived) <= 2 * ROUNDS

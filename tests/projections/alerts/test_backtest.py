"""What a filter would have told of the past; nothing is owed or sent by asking."""

from projections.alerts.backtest import Backtest
from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change
from tracker.domain.correction import FactRetracted, Reason
from tracker.domain.filter import Filter

EC_CN = Filter(destinations=("EC",), nationalities=("CN",))
VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
BANNED = change("entry-ban", "2090-07-01")
SUSPENDED = change("visa-free-suspended", "2091-07-01")


async def test_the_past_is_told_as_known_then_and_in_hindsight(tracker: Tracker) -> None:
    await tracker.record(VISA_FREE)
    (banned,) = await tracker.record(BANNED)
    undone = Reason("source-withdrew", "Never decided.")
    await tracker.record(
        FactRetracted(target=str(banned), target_position=2, reason=undone), SUSPENDED
    )
    await tracker.runner.catch_up()
    backtest = Backtest(tracker.application)

    then = await backtest.run(EC_CN)
    assert [(h.position, h.reasons[0].kind) for h in then.hits] == [
        (2, "change"), (3, "correction"), (4, "change"),
    ]  # fmt: skip
    now = await backtest.run(EC_CN, hindsight=True)
    assert [(h.position, h.reasons[0].before) for h in now.hits] == [(4, "visa-free")]

    page = await backtest.run(EC_CN, limit=1)
    assert (len(page.hits), page.next) == (1, 2)
    rest = await backtest.run(EC_CN, after=2)
    assert [h.position for h in rest.hits] == [3, 4]
    assert await tracker.outbox.messages() == []

"""What is news about many keys at once."""

import pytest

from projections.alerts.judging import Judge
from projections.alerts.reasons import Reason, Rules
from projections.regimes import Cell
from tests.projections.folding import change, facts, recorded
from tracker.domain.countries import COUNTRIES


@pytest.mark.parametrize(("who", "least"), [("*", 100), ("EU", 20), ("CN", 1)])
def test_each_of_many_nationalities_is_judged_as_it_would_be_alone(who: str, least: int) -> None:
    """Members who joined and left on other days, with and without facts of their own."""
    events = (
        change("visa-free", "2016-08-15"),
        change("visa-free", "1990-01-01", "EU"),
        change("e-visa", "2015-01-01", "ASEAN"),
        change("visa-on-arrival", "2018-01-01", "GB"),
        change("visa-required", "2004-01-01", "*"),
        change("entry-ban", "2012-01-01", who),
    )
    news, rows = recorded(len(events), events[-1]), tuple(facts(*events))
    rules = Rules(tuple(r for r in rows if r.known_from == news.position), rows)

    def asked(judge: Judge, name: str) -> Reason | None:
        return judge.reason(Cell("EC", name), None, first=False, past=True)

    together = Judge(news, rules)
    alone = {name: asked(Judge(news, rules), name) for name in sorted(COUNTRIES)}
    assert {name: asked(together, name) for name in sorted(COUNTRIES)} == alone
    assert sum(r is not None for r in alone.values()) >= least

"""Which statements belong to one briefing."""

from datetime import date
from typing import Any

from projections.views.statements import VIEW, Statement
from tests.projections.folding import cited, event_id, folded
from tracker.domain.statement import StatementMade

MINISTRY, LIN = event_id(81), event_id(80)


def said(**fields: Any) -> StatementMade:
    """What Lin Jian said at a briefing, with other fields."""
    usual: dict[str, Any] = {
        "speaker": LIN, "text": "We are in touch with Ecuador.", "verbatim": "verbatim",
        "role": "spokesperson", "organisation": MINISTRY, "country": "CN",
        "said_on": "2024-06-18", "place": "Beijing", "citations": (cited("RFA"),),
    }  # fmt: skip
    return StatementMade(**(usual | fields))


def statements(*events: StatementMade) -> list[Statement]:
    """The rows after the statements."""
    return folded(VIEW, events).of(Statement)


def test_a_statement_keeps_who_said_what_when_and_in_which_role() -> None:
    (row,) = statements(said(about=(event_id(3),)))
    assert (row.speaker, row.role, row.organisation) == (LIN, "spokesperson", MINISTRY)
    assert (row.said_on, row.said_lower) == ("2024-06-18", date(2024, 6, 18))
    assert (row.about, row.documents) == ((event_id(3),), (event_id(900),))


def test_statements_of_one_speaker_day_place_and_body_share_a_briefing() -> None:
    first, second = statements(said(), said(text="No comment.", place=" beijing "))
    assert first.briefing == second.briefing is not None


def test_another_day_speaker_place_or_body_is_another_briefing() -> None:
    rows = statements(
        said(), said(said_on="2024-06-19"), said(speaker=event_id(82)), said(place="Quito"),
        said(organisation=None),
    )  # fmt: skip
    assert len({r.briefing for r in rows}) == 5


def test_a_statement_without_a_date_belongs_to_no_briefing() -> None:
    (row,) = statements(said(said_on=None))
    assert (row.briefing, row.said_lower) == (None, None)

"""What the fold makes of a statement, and which of them belong to one briefing."""

from datetime import date
from typing import Any

import msgspec

from projections.briefings import briefings
from projections.views.statements import VIEW, Statement
from tests.projections.folding import cited, event_id, folded
from tracker.domain.base import Event
from tracker.domain.correction import FactCorrected, FactCorroborated, FactRetracted, Reason
from tracker.domain.statement import StatementMade

MINISTRY, LIN = event_id(81), event_id(80)
WRONG = Reason("transcription", "misheard")


def said(**fields: Any) -> StatementMade:
    """What Lin Jian said at a briefing, with other fields."""
    usual: dict[str, Any] = {
        "speaker": LIN, "text": "We are in touch with Ecuador.", "verbatim": "verbatim",
        "role": "spokesperson", "organisation": MINISTRY, "country": "CN",
        "said_on": "2024-06-18", "place": "Beijing", "citations": (cited("RFA"),),
    }  # fmt: skip
    return StatementMade(**(usual | fields))


def statements(*events: Event) -> list[Statement]:
    """The rows after the statements."""
    return folded(VIEW, events).of(Statement)


def test_a_statement_keeps_who_said_what_when_and_in_which_role() -> None:
    (row,) = statements(said(about=(event_id(3),)))
    assert (row.speaker, row.role, row.organisation) == (LIN, "spokesperson", MINISTRY)
    assert (row.said_on, row.said_lower) == ("2024-06-18", date(2024, 6, 18))
    assert (row.about, row.documents) == ((event_id(3),), (event_id(900),))


def test_statements_of_one_speaker_day_place_and_body_are_one_briefing() -> None:
    rows = statements(*(said(text=f"Answer {i}.") for i in range(3)), said(place=" beijing "))
    (found,) = briefings(rows, {})
    assert (found.speaker, found.said_on) == (LIN, "2024-06-18")
    assert found.statements == tuple(event_id(i) for i in range(1, 5))


def test_another_day_speaker_place_or_body_is_another_briefing() -> None:
    rows = statements(
        said(), said(said_on="2024-06-19"), said(speaker=event_id(82)), said(place="Quito"),
        said(organisation=event_id(83)),
    )  # fmt: skip
    assert len(briefings(rows, {})) == 5


def test_a_statement_that_leaves_out_body_or_place_goes_with_those_that_name_it() -> None:
    (found,) = briefings(
        statements(said(place=None), said(organisation=None), said(), said(place=None)), {}
    )
    assert (found.organisation, found.place, len(found.statements)) == (MINISTRY, "Beijing", 4)


def test_a_briefing_stays_one_when_its_speakers_turn_out_to_be_one() -> None:
    rows = statements(said(), said(speaker=event_id(82), organisation=event_id(83)))
    merged = {event_id(82): LIN, event_id(83): MINISTRY}
    (found,) = briefings(rows, merged)
    assert (found.speaker, found.organisation) == (LIN, MINISTRY)
    assert len(briefings(rows, {})) == 2


def test_a_statement_without_a_date_belongs_to_no_briefing() -> None:
    (row,) = statements(said(said_on=None))
    assert (briefings([row], {}), row.said_lower) == ((), None)


def test_a_corrected_statement_keeps_its_place_and_its_further_sources() -> None:
    right = said(text="We are in close touch.", citations=(cited("Ministry"),))
    correction = FactCorrected(
        target=event_id(1), target_position=1, fact_type=right.type,
        fact=msgspec.to_builtins(right), reason=WRONG,
    )  # fmt: skip
    further = FactCorroborated(target=event_id(1), citations=(cited("AP"),))
    (row,) = statements(said(), further, correction)
    assert (row.position, row.corrected_at, row.text) == (1, 3, "We are in close touch.")
    assert [o.name for o in row.origins] == ["Ministry", "AP"]


def test_a_retracted_statement_is_gone() -> None:
    gone = FactRetracted(target=event_id(1), target_position=1, reason=WRONG)
    assert [r.position for r in statements(said(), said(), gone)] == [2]

"""What the fold makes of an office and its holder."""

from datetime import date

import msgspec

from projections.views.positions import VIEW, Position
from tests.projections.folding import cited, event_id, folded
from tracker.domain.correction import FactCorrected, Reason
from tracker.domain.position import PositionAnnounced

MULINO = PositionAnnounced(
    person=event_id(80), office="President of Panama", country="PA", start="2024-07",
    citations=(cited("Breitbart"),),
)  # fmt: skip


def test_an_office_has_the_bounds_of_its_dates() -> None:
    (row,) = folded(VIEW, [MULINO]).of(Position)
    assert (row.person, row.office, row.start) == (event_id(80), "President of Panama", "2024-07")
    assert (row.start_lower, row.start_upper) == (date(2024, 7, 1), date(2024, 7, 31))
    assert (row.end, row.end_upper) == (None, None)


def test_a_corrected_date_is_kept_under_the_first_position() -> None:
    right = msgspec.structs.replace(MULINO, start="2024-07-01")
    correction = FactCorrected(
        target=event_id(1), target_position=1, fact_type=right.type,
        fact=msgspec.to_builtins(right), reason=Reason("transcription", "the day was there"),
    )  # fmt: skip
    (row,) = folded(VIEW, [MULINO, correction]).of(Position)
    assert (row.position, row.corrected_at, row.start_upper) == (1, 2, date(2024, 7, 1))

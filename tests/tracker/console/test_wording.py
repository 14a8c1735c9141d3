"""What a replayed event changed is said in words."""

from datetime import UTC, date, datetime

import msgspec

from tests.projections.folding import change, recorded
from tracker.console.wording import Wording

PARTY = "018f0000-0000-7000-8000-000000000001"


class Kept(msgspec.Struct):
    """A row with a field of every kind."""

    regime: str = "unknown"
    decided_by: str | None = None
    overrode: tuple[str, ...] = ()
    since: date | None = None
    recorded_at: datetime | None = None
    disputed: bool = False
    facets: dict[str, object] = {}
    count: int = 0


def test_fields_are_said_as_people_read_them_and_what_is_empty_is_not() -> None:
    seen = recorded(36, change("visa-free", "2016-08-15"))
    at = datetime(2024, 6, 18, 9, 30, tzinfo=UTC)
    after = Kept(
        "visa-free", str(seen.id), (str(seen.id), PARTY), date(2024, 6, 18), at, True,
        facets={"party": PARTY, "metric": None, "names": []}, count=2,
    )  # fmt: skip
    wording = Wording([seen], {PARTY: "Lin Jian"})
    assert wording.fields(Kept(), after) == (
        ("regime", "Unknown", "Visa-free"),
        ("decided by", "", "event 36"),
        ("overrode", "", "event 36, Lin Jian"),
        ("since", "", "2024-06-18"),
        ("recorded at", "", "2024-06-18 09:30 UTC"),
        ("disputed", "no", "yes"),
        ("facets", "", "party Lin Jian"),
        ("count", "0", "2"),
    )
    assert wording.fields(None, Kept()) == (
        ("regime", "", "Unknown"), ("disputed", "", "no"), ("count", "", "0"),
    )  # fmt: skip

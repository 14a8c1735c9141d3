"""What commands share: tables that can be copied from, and times that can be read."""

import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from rich.console import Console

from tracker.cli.session import minute, table

ID = "9d671098-fea3-806d-965e-6d2e282c52d4"


def test_an_id_is_whole_on_a_narrow_terminal() -> None:
    made = table(None, "draft", "title", ids=("draft",))
    made.add_row(ID, "No more visa-free trips to Ecuador for Chinese travellers")
    page = io.StringIO()

    Console(file=page, width=50, soft_wrap=True).print(made)

    assert ID in page.getvalue()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2024-06-19", "2024-06-19"),
        ("2024-06-19T15:50:00.000000+00:00", "2024-06-19 15:50 UTC"),
        (datetime(2024, 6, 19, 15, 50, tzinfo=UTC), "2024-06-19 15:50 UTC"),
        (
            datetime(2024, 6, 19, 10, 50, tzinfo=timezone(timedelta(hours=-5))),
            "2024-06-19 15:50 UTC",
        ),
    ],
)
def test_a_time_is_shown_to_the_minute_and_a_day_stays_a_day(
    given: str | datetime, shown: str
) -> None:
    assert minute(given) == shown

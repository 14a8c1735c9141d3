"""What the doctor finds, and what it advises."""

from datetime import UTC, datetime, timedelta

import msgspec

from projections.alerts.figures import AlertFigures
from projections.progress import Progress
from tracker import diagnosis
from tracker.diagnosis import Finding

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
WELL = AlertFigures(
    messages={"delivered": 3}, held=0, oldest_owed_s=0, open_circuits=0, matched=9, match_lag_s=0,
    first_attempt_p50_s=0, first_attempt_p99_s=0, first_attempts=3,
)  # fmt: skip
VIEW = Progress("timeline", 1, 9, 0, 0.0, 1, 1.0, 0, None)


def levels(*found: Finding) -> list[str]:
    """How bad each is."""
    return [one.level for one in found]


def test_what_is_well_is_said_to_be() -> None:
    found = [
        diagnosis.of_room(5 << 30, "/data"),
        diagnosis.of_mode(0o40700, "/data"),
        diagnosis.of_clock(NOW, NOW + timedelta(seconds=2)),
        *diagnosis.of_views([VIEW], "somebody"),
        *diagnosis.of_alerts(9, WELL),
        diagnosis.of_circuits(WELL),
        diagnosis.of_signer(9, 8, NOW - timedelta(hours=9), NOW, 3600),
        diagnosis.of_secrets(2, keyed=True),
        diagnosis.of_mail(1, served=True),
        diagnosis.of_address(None, loopback=True),
    ]
    assert set(levels(*found)) == {"ok"}


def test_what_is_wrong_comes_with_what_to_do() -> None:
    stuck = msgspec.structs.replace(VIEW, halted="a fold failed", dead_letters=2)
    late = msgspec.structs.replace(VIEW, lag=50, lag_s=90.0)
    dying = msgspec.structs.replace(
        WELL, messages={"dead": 2}, oldest_owed_s=90.0, open_circuits=1, match_lag_s=90.0
    )
    found = [
        diagnosis.of_room(1 << 20, "/data"),
        diagnosis.of_clock(NOW, NOW - timedelta(minutes=2)),
        *diagnosis.of_views([stuck, late], None),
        *diagnosis.of_alerts(9, dying),
        diagnosis.of_circuits(dying),
        diagnosis.of_signer(90, 8, NOW - timedelta(hours=9), NOW, 3600),
        diagnosis.of_secrets(2, keyed=False),
        diagnosis.of_mail(1, served=False),
        diagnosis.of_address(None, loopback=False),
        diagnosis.of_mode(0o40755, "/data"),
    ]
    assert "ok" not in levels(*found)
    assert all(one.remedy for one in found)
    assert "0 events are not matched" in str(found)
    assert "tracker rebuild timeline" in str(found)
    assert "start tracker work" in str(found)


def test_nobody_is_blamed_for_an_empty_log_or_for_a_signer_that_is_turned_off() -> None:
    assert levels(diagnosis.of_signer(0, None, None, NOW, 3600)) == ["ok"]
    assert levels(diagnosis.of_signer(5, None, None, NOW, 0)) == ["ok"]
    assert levels(diagnosis.of_signer(5, None, None, NOW, 3600)) == ["warning"]

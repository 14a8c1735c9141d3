"""The sample from a feed item to an alert: what was true, and what was known, on any day."""

import json
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stories.tracker_process import Up, answer, refused_up, tracker, up

# valid_at, known_at → regime, (pending regime, its day)
ROWS = [
    ("2016-07-15", "2024-06-19", "unknown", ("visa-free", "2016-08")),
    ("2016-09-01", "2024-05-21", "unknown", None),
    ("2016-09-01", "2024-06-19", "visa-free", ("visa-free-suspended", "2024-07-01")),
    ("2024-05-20", "2024-05-19", "unknown", None),
    ("2024-05-20", "2024-05-20", "visa-free", None),
    ("2024-06-30", "2024-06-19", "visa-free", ("visa-free-suspended", "2024-07-01")),
    ("2024-07-01", "2024-05-21", "visa-free", None),
    ("2024-07-01", "2024-06-19", "visa-free-suspended", None),
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("sample") / "data", "--sample") as running:
        yield running


def show(sample: Up, *words: str) -> Any:
    return answer(sample.data, "show", "entry-rule", "EC", "CN", "--basis", "published", *words)


def types(data: Path) -> Counter[str]:
    """How many events of each type the log has; those that seal what was sent come by the hour."""
    lines = tracker(data, "replay", "--json").splitlines()
    counted = Counter(json.loads(line)["type"] for line in lines)
    counted.pop("alerts-reported", None)
    return counted


@pytest.mark.parametrize(("valid_at", "known_at", "regime", "pending"), ROWS)
def test_the_regime_of_a_day_as_known_on_a_day(
    sample: Up, valid_at: str, known_at: str, regime: str, pending: tuple[str, str] | None
) -> None:
    found = show(sample, "--valid-at", valid_at, "--known-at", known_at)

    assert found["regime"] == regime
    assert (found["pending"] and (found["pending"]["to"], found["pending"]["on"])) == pending
    assert (found["valid_at"], found["known_at"], found["basis"]) == (
        valid_at,
        known_at,
        "published",
    )


def test_the_suspension_says_when_it_was_announced_and_what_follows_from_it(sample: Up) -> None:
    found = show(sample, "--valid-at", "2024-07-01", "--known-at", "2024-06-19")

    assert found["announced_on"] == "2024-06-18"
    assert found["implied"] == "visa-required"
    assert found["requires"] == "visa"
    assert found["since"] == "2024-07-01"
    assert found["disputed"] is False
    assert found["decided_by"]
    assert found["position"] > 0


def test_one_alert_was_sent_and_it_was_about_the_suspension(sample: Up) -> None:
    (alert,) = [one for one in answer(sample.data, "alerts") if one["kind"] == "alert"]
    shown = answer(sample.data, "alerts", "show", alert["id"])

    assert alert["status"] == "delivered"
    assert [attempt["status"] for attempt in shown["attempts"]] == [204]
    text = sample.printed
    assert "visa-free → visa-free entry suspended from 2024-07-01" in text
    assert "13 days of notice" in text
    assert "Sample Wire ← Sample Wire's Cantonese-language service ← Ecuador's Ministry" in text


def test_the_data_folder_is_its_owners_only(sample: Up) -> None:
    assert stat.S_IMODE(sample.data.stat().st_mode) == 0o700


def test_what_was_not_decided_waits_in_the_inbox(sample: Up) -> None:
    waiting = answer(sample.data, "inbox")["stacks"]

    assert waiting
    assert all(draft["status"] == "waiting" for stack in waiting for draft in stack["drafts"])


def test_started_again_nothing_is_doubled_and_nobody_is_told_twice(tmp_path: Path) -> None:
    with up(tmp_path / "data", "--sample") as first:
        before = types(first.data)
    with up(tmp_path / "data", "--sample") as second:
        after = types(second.data)
        told = [one["kind"] for one in answer(second.data, "alerts")]

    # The port is another one: the feed has moved, and the links within it with the feed.
    assert after - before == {"feed-moved": 1, "document-revised": 3}
    assert before <= after
    assert told.count("alert") == 1
    assert told.count("confirmation") <= 1


def test_a_log_of_ones_own_never_becomes_the_sample(tmp_path: Path) -> None:
    tracker(
        tmp_path / "data", "record", "statement", "--speaker", "Lin Jian", "--text", "Good morning",
        "--verbatim", "verbatim", "--first-hand", "I was there",
    )  # fmt: skip

    refused = refused_up(tmp_path / "data", "--sample")

    assert "holds a log of your own" in refused

"""The history is walked event by event, in a log and in a bundle of it."""

import json
from pathlib import Path
from typing import Any

from tests.stories.tracker_process import command, tracker


def offline(*words: str | Path, code: int = 0) -> str:
    """Run `tracker replay` on a bundle where no setting of ours leads anywhere."""
    nowhere = {"TRACKER_DATABASE_URL": "postgresql://nowhere:1/x"}
    return command("replay", *map(str, words), code=code, environment=nowhere)


def lines(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_the_history_is_told_with_what_each_event_changed(data: Path) -> None:
    told = tracker(data, "replay", "--tag", "type:policy-changed", "--valid-at", "2024-07-02")

    head, answer, *rest = told.splitlines()
    assert head.startswith("2  ")
    assert "policy-changed" in head
    assert answer == "    answer for China → Ecuador on 2024-07-02"
    assert "        regime: unknown → visa-free" in rest
    assert any(line.startswith("    entry_rules: entry_fact (event=") for line in rest)


def test_a_bundle_is_replayed_without_a_database_and_to_the_same_end(
    data: Path, bundle: Path
) -> None:
    until = ("--until", "2", "--json", "--valid-at", "2024-07-02")

    live, bundled = tracker(data, "replay", *until), offline("--bundle", bundle, *until)

    assert lines(live) == lines(bundled)
    assert [step["position"] for step in lines(bundled)] == [1, 2]
    document = next(c for c in lines(bundled)[0]["changes"] if c["view"] == "documents")
    assert document["before"] is None
    assert document["after"]["url"] == "https://example.org/a?b=<c>"


def test_until_a_time_before_everything_nothing_fits(data: Path, bundle: Path) -> None:
    assert offline("--bundle", bundle, "--until", "2001-01-01") == ""
    assert "until: 'soon' is not a date" in offline("--bundle", bundle, "--until", "soon", code=2)
    assert "nowhere.zip" in offline("--bundle", "nowhere.zip", code=2)


def test_a_partial_bundle_says_what_is_not_in_it(data: Path) -> None:
    path = data.parent / "partial.zip"
    tracker(data, "export", str(path), "--tag", "type:policy-changed")

    first, second, *_ = lines(offline("--bundle", path, "--json"))

    assert first["missing"] == "not in this bundle"
    assert first["changes"] == []
    assert second["missing"] is None


def test_steps_wait_for_enter_and_end_with_q(bundle: Path) -> None:
    """Also where the input ends."""
    for typed, shown in (("q\n", 1), ("\nq\n", 2), ("\n\n", 3)):
        words = ("replay", "--bundle", str(bundle), "--step", "--json")
        told = command(*words, environment={}, given=typed)
        assert len(told.splitlines()) == shown

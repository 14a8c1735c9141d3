"""`tracker rebuild` on a server of somebody else's: what it says, and how it ends."""

import json
from typing import Any

import psycopg
from click.testing import CliRunner, Result

from tests.place import Place
from tracker.cli import tracker

POLICY = (
    "record", "policy", "--destination", "EC", "--nationality", "CN", "--regime", "visa-free",
    "--action", "introduced", "--effective-from", "2024-07-01", "--first-hand", "for the test",
)  # fmt: skip


def run(place: Place, *words: str) -> Result:
    """Run a command to its end, as a login that takes the roles on."""
    settings = {"TRACKER_DATABASE_URL": place.superuser_url, "TRACKER_DATA": str(place.data)}
    return CliRunner().invoke(tracker, words, env={**settings, "COLUMNS": "200"})


def answer(place: Place, *words: str) -> Any:
    """What a command answers to a program."""
    ended = run(place, *words, "--json")
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def test_views_are_rebuilt_checked_put_back_and_told_of(place: Place) -> None:
    assert run(place, *POLICY).exit_code == 0
    made = answer(place, "rebuild", "entry_rules", "timeline")
    assert [(m["view"], m["position"], m["rows"] > 0) for m in made.values()] == [
        ("entry_rules", 1, True),
        ("timeline", 1, True),
    ]
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute("update view.timeline set type = 'statement-made'")

    differing = run(place, "rebuild", "timeline", "entry_rules", "--check")
    back = run(place, "rebuild", "timeline", "--rollback")
    same = run(place, "rebuild", "timeline", "--check")
    forgotten = run(place, "rebuild", "--forget")
    refused = run(place, "rebuild", "timeline", "--rollback")
    status = answer(place, "status")

    assert differing.exit_code == 1
    assert "timeline: differs from what the log gives at position" in differing.stdout
    assert "entry_rules: is what the log gives at position" in differing.stdout
    assert "differing from the log: timeline; rebuild them" in str(differing.exception)
    assert "timeline: back to what it was, version" in back.stdout
    assert "timeline: is what the log gives at position" in same.stdout
    assert "nothing is kept any more of entry_rules" in forgotten.stdout
    assert "nothing is kept of the view timeline: there is no going back" in str(refused.exception)
    assert {view["dead_letters"] for view in status["views"]} == {0}
    assert (status["position"], status["folded_by"]) == (3, None)

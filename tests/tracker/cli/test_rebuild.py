"""`tracker rebuild` on a server of somebody else's: what it says, and how it ends."""

import json
from typing import Any

import psycopg

from tests.place import Place
from tests.stories.tracker_process import Ended, ended

POLICY = (
    "record", "policy", "--destination", "EC", "--nationality", "CN", "--regime", "visa-free",
    "--action", "introduced", "--effective-from", "2024-07-01", "--first-hand", "for the test",
)  # fmt: skip


def run(place: Place, *words: str) -> Ended:
    """Run a command to its end, as a login that takes the roles on."""
    settings = {"TRACKER_DATABASE_URL": place.superuser_url, "TRACKER_DATA": str(place.data)}
    return ended(*words, environment=settings)


def answer(place: Place, *words: str) -> Any:
    """What a command answers to a program."""
    done = run(place, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_views_are_rebuilt_checked_put_back_and_told_of(place: Place) -> None:
    assert run(place, *POLICY).returncode == 0
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

    assert differing.returncode == 1
    assert "timeline: differs from what the log gives at position" in differing.stdout
    assert "entry_rules: is what the log gives at position" in differing.stdout
    assert "differing from the log: timeline; rebuild them" in differing.stderr
    assert "timeline: back to what it was, version" in back.stdout
    assert "timeline: is what the log gives at position" in same.stdout
    assert "nothing is kept any more of entry_rules" in forgotten.stdout
    assert "nothing is kept of the view timeline: there is no going back" in refused.stderr
    assert {view["dead_letters"] for view in status["views"]} == {0}
    assert (status["position"], status["folded_by"]) == (3, None)

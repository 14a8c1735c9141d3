"""The calendar, the timeline and what changed in between, by the command line."""

import json
from typing import Any

from tests.place import Place
from tests.stories.tracker_process import command


def test_what_begins_on_one_day_is_found_by_its_words_and_compared(place: Place) -> None:
    def tracker(*words: str, fields: dict[str, str] | None = None) -> str:
        there = {"TRACKER_DATABASE_URL": place.superuser_url}
        return command(*words, environment=there, given=json.dumps(fields))

    def answer(*words: str) -> Any:
        return json.loads(tracker(*words, "--json"))

    tracker("record", "policy", "--destination", "EC", "--nationality", "CN", "--action",
            "suspended", "--regime", "visa-free-suspended", "--announced-on", "2024-06-18",
            "--effective-from", "2024-07-01", "--note", "before the Darie\u0301n",
            "--first-hand", "for the test")  # fmt: skip
    office = {"person": "José Raúl Mulino", "office": "President", "country": "PA",
              "from": "2024-07-01", "first_hand": "for the test"}  # fmt: skip
    tracker("record", "position", "--from-json", "-", fields=office)

    days = answer("calendar", "--from", "2024-07-01", "--to", "2024-07-01")
    assert [(d["type"], d["lead_days"]) for d in days["dated"]] == [
        ("policy-changed", 13), ("position-announced", None),
    ]  # fmt: skip
    assert "13 days" in tracker("calendar", "--from", "2024-07-01")

    assert [e["type"] for e in answer("timeline", "--search", "darien")] == ["policy-changed"]
    assert [e["type"] for e in answer("timeline", "--search", "JOSE")] == ["position-announced"]

    differing = answer("diff", "0", "--destination", "EC", "--nationality", "CN")
    (rule,) = differing["rules"]["rules"]
    assert (rule["before"], rule["after"]) == ("unknown", "visa-free-suspended")
    told = tracker("diff", "0")
    assert "EC × CN: unknown → visa-free entry suspended from 2024-07-01" in told

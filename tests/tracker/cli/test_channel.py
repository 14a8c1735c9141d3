"""`tracker channel …` and `tracker alerts …`, as people run them."""

import json

from click.testing import CliRunner

from tests.place import Place
from tracker.cli import tracker


def test_channels_are_made_rotated_replaced_and_forgotten(place: Place) -> None:
    environment = {
        "TRACKER_DATABASE_URL": place.superuser_url,
        "TRACKER_DATA": str(place.data),
        "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8",
        "COLUMNS": "200",
    }

    def run(*words: str) -> str:
        ended = CliRunner().invoke(tracker, words, env=environment, catch_exceptions=False)
        assert ended.exit_code == 0, ended.output
        return ended.output

    mail = json.loads(run("channel", "add", "--email", "ana@example.org", "--json"))
    url = "http://127.0.0.1:9/hook"
    hook = json.loads(
        run("channel", "add", "--webhook", url, "--fallback", mail["channel"], "--json")
    )
    turned = json.loads(run("channel", "rotate", hook["channel"], "--json"))
    assert turned["secret"] != hook["secret"]
    listed = run("channel", "list")
    assert url in listed
    assert "ana@example.org" in listed
    assert turned["secret"] not in listed
    run("channel", "fallback", hook["channel"])

    subscribed = run("subscribe", "--destination", "EC", "--channel", mail["channel"], "--json")
    assert json.loads(subscribed)["channel"] == mail["channel"]
    named = json.loads(subscribed)["subscription"]
    assert "Changed." in run(
        "alerts", "change", named, "--destination", "PE", "--option", "include-imports",
        "--channel", hook["channel"],
    )  # fmt: skip
    assert "already" in run("alerts", "change", named, "--destination", "PE")
    (watching,) = json.loads(run("alerts", "subscriptions", "--json"))
    assert (watching["filter"], watching["options"], watching["channel"]) == (
        {"destinations": ["PE"]}, ["include-imports"], hook["channel"],
    )  # fmt: skip
    assert "No import had anything to tell." in run("alerts", "imports")
    assert "0 attempts are sealed in 0 reports." in run("alerts", "audit")
    assert "It is open." in run("channel", "reopen", hook["channel"])
    assert "Sending 0 messages again." in run("alerts", "replay")
    run("channel", "forget", hook["channel"])
    assert [c["kind"] for c in json.loads(run("channel", "list", "--json"))] == ["email"]

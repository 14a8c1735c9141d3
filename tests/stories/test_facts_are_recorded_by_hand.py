"""Policies, statements and statistics by the command line, on a PostgreSQL of one's own."""

import json
from collections.abc import Iterator
from typing import Any

import click
import pytest

from tests.place import Place
from tests.stories.tracker_process import process
from tracker.auditor import verify_bundle
from tracker.cli import COMMANDS
from tracker.cli.extract import extract


def commands(of: click.Command) -> Iterator[click.Command]:
    """The command, or every command below it that does something."""
    if isinstance(of, click.Group):
        for name in of.commands:
            yield from commands(of.commands[name])
    else:
        yield of


LOGS = [c for top in COMMANDS for c in commands(top) if c not in (verify_bundle, extract)]
"""The commands that work on a log; auditors have none, and extract only looks at a text."""


@pytest.mark.parametrize("command", LOGS)
def test_every_command_takes_a_data_folder(command: click.Command) -> None:
    assert "--data" in {option for parameter in command.params for option in parameter.opts}


def test_three_kinds_of_facts_are_recorded_and_read_back(place: Place) -> None:
    def answer(*words: str) -> Any:
        there = {"TRACKER_DATABASE_URL": place.superuser_url}
        return json.loads(process(*words, "--json", environment=there))

    answer("record", "policy", "--destination", "EC", "--nationality", "CN", "--nationality", "VN",
           "--action", "suspended", "--regime", "visa-free", "--max-stay-days", "90",
           "--effective-from", "2024-07-01", "--effective-to", "2024-12-31",
           "--first-hand", "for the test")  # fmt: skip
    answer("record", "statement", "--speaker", "Lin Jian", "--text", "It was abused.",
           "--verbatim", "verbatim", "--said-on", "2024-06-18",
           "--first-hand", "I was there")  # fmt: skip
    answer("record", "statistic", "--metric", "border-entries", "--geography", "EC", "--counterpart", "CN",
           "--period", "2023", "--value", "50000", "--comparator", "~", "--first-hand", "for the test")  # fmt: skip
    rule = answer("show", "entry-rule", "ECU", "VN", "--valid-at", "2024-08-01")
    told = answer("timeline")

    assert (rule["regime"], rule["max_stay_days"]) == ("visa-free", 90)
    assert (rule["since"], rule["until"]) == ("2024-07-01", "2024-12-31")
    kinds = ["statistic-published", "statement-made", "policy-changed"]
    assert [entry["type"] for entry in told] == kinds
    assert told[0]["payload"]["value"] == "50000"
    assert "Lin Jian" in told[1]["headline"]

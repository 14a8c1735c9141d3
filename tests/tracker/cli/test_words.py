"""Recording the whole vocabulary by command: options without clashes, and what comes later."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests.place import Place
from tracker.cli import COMMANDS, tracker
from tracker.cli.correct import changes_of
from tracker.cli.record import record
from tracker.domain.catalog import FACTS
from tracker.domain.errors import Conflict, Refused, TrackerError

Run = Callable[..., Any]
CLAN = ("--actor", "Gulf Clan", "--first-hand", "for the test")


@pytest.fixture
def run(place: Place) -> Run:
    """Runs a command on the test's own database; what it answered."""

    def answered(*words: str) -> Any:
        environment = {"TRACKER_DATABASE_URL": place.superuser_url}
        ended = CliRunner().invoke(tracker, [*words, "--json"], env=environment)
        if isinstance(ended.exception, TrackerError):
            raise ended.exception
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)

    return answered


@pytest.mark.parametrize("command", [*record.commands.values(), *COMMANDS])
def test_no_two_options_of_a_command_have_one_name(command: click.Command) -> None:
    names = Counter(o for parameter in command.params for o in parameter.opts)
    # Flags of one parameter are its values: only one of them is given.
    own = (p for p in command.params if not (isinstance(p, click.Option) and p.flag_value))
    parameters = Counter(parameter.name for parameter in own)

    assert [n for c in (names, parameters) for n, count in c.items() if count > 1] == []


def test_every_kind_of_fact_has_its_command_and_a_further_source_only_with_its_fact() -> None:
    assert set(record.commands) == set(FACTS)
    assert {"incident", "incident-update", "incident-dispute", "claim", "position"} <= set(FACTS)
    assert not any("corrobor" in name for name in record.commands)


def test_an_incident_is_recorded_with_its_place_and_its_counts(run: Run) -> None:
    made = run(
        "record", "incident", "--incident-type", "extortion", "--occurred", "2024-05",
        "--place-name", "Necoclí", "--place-country", "COL", "--affected-low", "10",
        "--affected-best", "30", "--killed-best", "0", "--nationality", "CN",
        "--victim", "migrants", *CLAN,
    )  # fmt: skip
    payload = run("show", "event", made["event"])["payload"]

    assert payload["place"] == {"name": "Necoclí", "country": "CO"}
    assert payload["affected"] == {"low": 10, "best": 30}
    assert payload["killed"] == {"best": 0}
    assert "injured" not in payload
    update = run("record", "incident-update", "--incident", payload["incident"],
                 "--killed-best", "2", "--first-hand", "x")  # fmt: skip
    assert run("show", "event", update["event"])["payload"]["killed"] == {"best": 2}
    with pytest.raises(Refused, match=r"killed.best: 1 is less than low 2"):
        run("record", "incident", "--incident-type", "killing", "--killed-low", "2",
            "--killed-best", "1", *CLAN)  # fmt: skip


def test_a_position_speaks_of_from_and_to_and_a_route_has_its_legs_from_json(
    run: Run, tmp_path: Path
) -> None:
    route = tmp_path / "route.json"
    legs = [{"from_country": "CN", "to_country": "EC", "by": "air"}]
    route.write_text(json.dumps({"kind": "route", "text": "", "legs": legs}))

    made = run("record", "position", "--person", "Lin Jian", "--office", "spokesperson",
               "--from", "2024-03", "--to", "2025", "--first-hand", "x")  # fmt: skip
    claim = run("record", "claim", "--from-json", str(route), "--country", "EC",
                "--first-hand", "x")  # fmt: skip

    payload = run("show", "event", made["event"])["payload"]
    assert (payload["from"], payload["to"]) == ("2024-03", "2025")
    assert run("show", "event", claim["event"])["payload"]["legs"] == legs
    with pytest.raises(Refused, match=r"^to: 2023 is before from 2024"):
        run("record", "position", "--person", "A", "--office", "o", "--from", "2024",
            "--to", "2023", "--first-hand", "x")  # fmt: skip


def test_a_person_types_only_what_changes_in_a_fact_and_why(run: Run) -> None:
    typing = ("--reason-code", "transcription", "--reason", "typed wrong")
    run("record", "policy", "--destination", "EC", "--nationality", "CN", "--regime", "visa-free",
        "--action", "introduced", "--effective-from", "2016-08-01", "--title", "Free",
        "--first-hand", "x")  # fmt: skip

    made = run("correct", "1", "--set", "effective-from=2016-08-18", "--set", "title=",
               "--set", "rule.max_stay_days=90", "--set", "rule.nationalities=CN, VN", *typing)  # fmt: skip
    said = run("show", "event", made["event"])["payload"]["fact"]

    assert said["effective_from"] == "2016-08-18"
    assert "title" not in said
    assert said["rule"] == {
        "max_stay_days": 90,
        "nationalities": ["CN", "VN"],
        "regime": "visa-free",
    }
    with pytest.raises(Conflict, match="corrected by event 2; read that one"):
        run("correct", "1", "--set", "title=Other", *typing)
    second = run("correct", "1", "--set", "title=Other", "--seen", "2", *typing)
    again = run("show", "event", second["event"])["payload"]["fact"]
    assert (again["title"], again["effective_from"]) == ("Other", "2016-08-18")


def test_a_fact_gets_a_further_source_and_is_withdrawn(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Some 50,000 came. Later: the figure is withdrawn.")
    document = run("document", "add", str(page), "--published", "2024-06-18")["document"]
    told = run("record", "statistic", "--metric", "border-entries", "--value", "50000",
               "--comparator", "~", "--first-hand", "x")["event"]  # fmt: skip

    further = run("corroborate", told, "--document", document, "--quote", "50,000",
                  "--reliability", "B")  # fmt: skip
    gone = run("retract", told, "--reason-code", "source-withdrew", "--reason", "withdrawn",
               "--document", document, "--quote", "is withdrawn")  # fmt: skip

    assert run("show", "event", further["event"])["payload"]["citations"][0]["start"] == 5
    payload = run("show", "event", gone["event"])["payload"]
    assert payload["known_since"] == "2024-06-18T23:59:59.999999Z"
    with pytest.raises(Conflict, match="was retracted by event"):
        run("retract", told, "--reason-code", "other", "--reason", "r")


def test_facts_are_related_and_settled_and_what_is_one_is_merged(run: Run) -> None:
    for value in ("50000", "66000"):
        run("record", "statistic", "--metric", "border-entries", "--value", value,
            "--comparator", "=", "--first-hand", "x")  # fmt: skip
    kind = ("--kind", "same-origin", "--reason", "both name Infobae")

    assert run("relate", "1", "2", *kind)["type"] == "relation-asserted"
    assert run("resolve", "2", "1", *kind)["type"] == "relation-resolved"

    run("name", "Gulf Clan", "AGC", "--kind", "group", "--external-id", "wikidata=Q1")
    run("name", "Clan del Golfo", "--kind", "group", "--country", "CO")
    merged = run("merge", "party", "clan del golfo", "agc", "--reason", "the same in Spanish")
    assert merged["type"] == "party-merged"
    found = [
        run(
            "show",
            "event",
            run("record", "incident", "--incident-type", "extortion", *CLAN)["event"],
        )["payload"]["incident"]
        for _ in range(2)
    ]
    one = run("merge", "incident", *found, "--reason", "one report twice")
    assert run("show", "event", one["event"])["payload"]["into"] == found[1]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("mood=1", "mood: unknown field"),
        ("rule.mood=1", r"rule\.mood: unknown field"),
        ("citations.quote=x", r"citations\.quote: unknown field"),
        ("rule.max_stay_days=many", r"rule\.max_stay_days: 'many' is no JSON"),
    ],
)
def test_a_setting_that_means_nothing_is_refused_by_its_name(setting: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        changes_of(FACTS["policy"], [setting])


def test_a_setting_without_a_value_is_no_setting() -> None:
    with pytest.raises(click.UsageError, match="--set field=value"):
        changes_of(FACTS["policy"], ["title"])

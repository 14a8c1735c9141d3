"""Looking after a tracker on a server of one's own, by command."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from tests.place import Place
from tests.projections.alerts.mailbox import Mailbox
from tests.stories.tracker_process import ENVIRONMENT
from tracker.cli import tracker
from tracker.domain.errors import TrackerError
from tracker.log.migrate import migrations

FORGET = "delete from public.tracker_migration where number = %s"
NEWER = "insert into public.tracker_migration (number, name, sha256) values (9999, '9999_x', '')"
LAST = migrations()[-1]


class Operator:
    """Runs commands on the place as on a server of one's own, where each role has a login."""

    def __init__(self, place: Place) -> None:
        self.environment = {
            "TRACKER_DATABASE_URL": place.url("{role}"), "TRACKER_DATA": str(place.data),
            "COLUMNS": "200",
        }  # fmt: skip
        self._place = place

    def run(self, *words: str, **settings: str) -> Result:
        """Run a command to its end."""
        return CliRunner().invoke(tracker, words, env={**self.environment, **settings})

    def done(self, *words: str, **settings: str) -> str:
        """Run a command that does what it should; what it printed."""
        ended = self.run(*words, **settings)
        assert ended.exit_code == 0, ended.output
        return ended.output

    def database(self, statement: str, *given: object) -> None:
        """Meddle with the database."""
        with psycopg.connect(self._place.superuser_url, autocommit=True) as connection:
            connection.execute(statement.encode(), given)


@pytest.fixture
def operator(place: Place) -> Operator:
    """Who runs the tracker of this test."""
    return Operator(place)


def refusal(ended: Result) -> str:
    """The sentence that a command ended with."""
    assert isinstance(ended.exception, TrackerError), ended.output
    return ended.exception.message


def test_what_is_behind_is_previewed_and_only_migrate_brings_it_forward(
    operator: Operator, tmp_path: Path
) -> None:
    operator.database(FORGET, LAST.number)
    work = subprocess.run(
        [sys.executable, "-m", "tracker", "work"], env={**ENVIRONMENT, **operator.environment},
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert work.returncode != 0
    assert "1 migrations behind this version" in work.stderr
    assert "run tracker migrate" in refusal(operator.run("timeline"))
    assert LAST.text in operator.done("migrate", "--preview")
    assert LAST.name in operator.done("migrate")
    assert "at this version" in operator.done("migrate", "--preview")
    operator.done("timeline")


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(operator: Operator) -> None:
    operator.database(NEWER)
    for words in (("timeline",), ("migrate",), ("migrate", "--preview")):
        assert refusal(operator.run(*words)) == (
            "the database was migrated by a newer version (it has 9999_x)"
        )


def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(operator: Operator) -> None:
    Path(operator.environment["TRACKER_DATA"]).mkdir(mode=0o755)
    found = {(one["about"], one["level"]) for one in json.loads(operator.done("doctor", "--json"))}
    assert {("data folder", "warning"), ("secrets", "warning")} <= found
    assert {("roles", "ok"), ("database", "ok"), ("clock", "ok"), ("views", "ok")} <= found
    operator.done("channel", "add", "--email", "ana@example.org")
    ended = operator.run("doctor")
    assert ended.exit_code == 1
    assert "tracker mail test ADDRESS" in ended.output


def test_the_doctor_says_that_the_database_does_not_answer(operator: Operator) -> None:
    shut = {"TRACKER_DATABASE_URL": operator.environment["TRACKER_DATABASE_URL"] + " port=1"}
    ended = operator.run("doctor", **shut)
    assert ended.exit_code == 1
    assert "the database does not answer" in ended.output


async def test_a_mail_is_sent_for_a_test_and_what_the_server_says_is_told(
    operator: Operator,
) -> None:
    words = ("mail", "test", "ana@example.org")
    assert "TRACKER_SMTP_URL" in refusal(await asyncio.to_thread(operator.run, *words))
    async with Mailbox() as box:
        mail = {
            "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{box.mail().port}",
            "TRACKER_MAIL_FROM": "tracker@example.org",
        }
        said = await asyncio.to_thread(operator.done, *words, **mail)
        assert "took the mail" in said
        assert b"To: ana@example.org" in box.received[0]
        box.answer = "550 no such person"
        ended = await asyncio.to_thread(operator.run, *words, **mail)
        assert "no such person" in refusal(ended)


def test_a_reset_link_ends_what_let_a_user_in_before(operator: Operator) -> None:
    operator.done("user", "add", "alice")
    operator.done("user", "token", "alice")
    made = json.loads(operator.done("user", "reset-link", "alice", "--json"))
    assert made["ended"] == 1
    assert "/login?token=" in made["url"]

"""History comes in by the command line, survives being killed, and answers questions at once."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest

from tests.place import Place, parts_at
from tests.stories.tracker_process import ENVIRONMENT, ROOT, command
from tracker.api.events import bodies
from tracker.domain.base import EVERYTHING
from tracker.imports.importer import Importer
from tracker.imports.lines import entries

SNAPSHOT = ROOT / "tests/data/passport-index.csv"
CHUNK = 8_000


def start(place: Place, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tracker", *words],
        env={**ENVIRONMENT, "TRACKER_DATABASE_URL": place.superuser_url},
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def ended(place: Place, *words: str, code: int = 0) -> str:
    """What a command printed once it ended with this code."""
    there = {"TRACKER_DATABASE_URL": place.superuser_url}
    return command(*words, code=code, environment=there)


def answer(place: Place, *words: str) -> Any:
    return json.loads(ended(place, *words, "--json"))


def line(number: int, **payload: Any) -> str:
    party = {"party": str(uuid4()), "kind": "person", "names": [f"n{number}"]} | payload
    return json.dumps({"key": f"row {number}", "type": "party-named", "payload": party}) + "\n"


def stored(place: Place) -> tuple[int, int, int, int]:
    """How many events, payloads and tags there are, and the head."""
    with psycopg.connect(place.superuser_url, autocommit=True) as connection:
        found = connection.execute(
            "select (select count(*) from log.event), (select count(*) from log.payload),"
            " (select count(*) from log.event_tag),"
            " (select coalesce(max(position), 0) from log.event)"
        ).fetchone()
    assert found
    return found


@pytest.mark.kill
def test_an_import_that_was_killed_is_run_again_and_has_everything_once(
    place: Place, tmp_path: Path
) -> None:
    count = CHUNK + 500
    lines = [line(number) for number in range(count)]
    file = tmp_path / "history.ndjson"
    file.write_text("".join(lines))

    with start(place, "import", "events", "-", "--source", file.name) as process:
        assert process.stdin
        process.stdin.write("".join(lines[:-100]))
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while stored(place)[0] == 0:
            assert process.poll() is None
            assert time.monotonic() < deadline, "nothing was ever written"
            time.sleep(0.01)
        process.kill()
        process.stdin.close()
    before = stored(place)[0]
    assert 0 < before < count
    assert before % CHUNK == 0

    summary = answer(place, "import", "events", str(file))

    assert summary == {
        "read": count, "appended": count - before, "repeated": before, "position": count,
    }  # fmt: skip
    assert stored(place) == (count, count, 2 * count, count)


def test_a_wrong_line_ends_it_with_one_sentence(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "history.ndjson"
    file.write_text(line(1) + line(2, kind="dog"))

    complaint = ended(place, "import", "events", str(file), code=2)

    assert complaint == (
        "tracker: line 2: payload.kind: Invalid enum value 'dog'; nothing was written\n"
    )
    missing = ended(place, "import", "events", str(tmp_path / "none"), code=2)
    assert missing == f"tracker: {tmp_path}/none: No such file or directory\n"
    file.write_text("")
    assert ended(place, "import", "events", str(file)) == "There was no event to import.\n"


def test_a_snapshot_answers_as_soon_as_it_is_imported(place: Place) -> None:
    words = ("import", "passport-index", str(SNAPSHOT), "--observed-on", "2024-06-10")

    first = answer(place, *words)
    again = ended(place, *words)
    rule = answer(place, "show", "entry-rule", "EC", "CN", "--valid-at", "2024-06-20")

    assert first == {"read": 10, "appended": 10, "repeated": 0, "position": 10}
    assert again == "0 events are appended, 10 were there already; the last is 10.\n"
    assert (rule["regime"], rule["max_stay_days"]) == ("visa-free", 90)
    assert rule["last_confirmed_on"] == "2024-06-10"
    older = ended(place, *words[:-1], "2024-06-09", code=2)
    assert "a snapshot of 2024-06-10 is in the log already" in older


async def test_what_the_api_gives_is_what_an_import_takes(place: Place, tmp_path: Path) -> None:
    ended(place, "import", "passport-index", str(SNAPSHOT), "--observed-on", "2024-06-10")
    ended(
        place, "record", "statement", "--speaker", "Lin Jian", "--text", "It was abused.",
        "--verbatim", "verbatim", "--first-hand", "I was there",
    )  # fmt: skip
    file = tmp_path / "dump.ndjson"
    async with parts_at(place) as parts:
        events = await parts.reader.read(EVERYTHING)
        file.write_bytes(
            b"".join(msgspec.json.encode(e) + b"\n" for e in await bodies(parts, events))
        )
        async with parts.importer.opened() as importer:
            assert isinstance(importer, Importer)
            with file.open("rb") as dump:
                tally = await importer.run(entries(dump, "dump"), await parts.operator())

    assert (tally.read, tally.appended, tally.repeated) == (12, 0, 12)

"""`tracker extract`: drafts of a file, with no log and nothing written."""

import json
from pathlib import Path

from click.testing import CliRunner

from tracker.cli import tracker
from tracker.domain.errors import Refused

TEXT = "The United States deported 96 Ecuadorians on Monday on a charter flight to Guayaquil."


def test_the_drafts_of_a_file_are_shown_with_their_words(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text(TEXT)
    words = ["extract", str(report), "--published", "2024-06-19"]
    told = CliRunner().invoke(tracker, words)
    assert told.exit_code == 0, told.output
    assert "incident-reported" in told.stdout
    assert f"“{TEXT}”" in told.stdout
    (draft,) = json.loads(CliRunner().invoke(tracker, [*words, "--json"]).stdout)
    assert draft["fact"]["occurred"] == "2024-06-17"
    assert draft["fact"]["affected"] == {"best": 96}
    assert list(tmp_path.iterdir()) == [report]


def test_a_text_without_facts_says_so(tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    report.write_text("It rained all day.")
    assert "Nothing was found" in CliRunner().invoke(tracker, ["extract", str(report)]).stdout


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    ended = CliRunner().invoke(tracker, ["extract", str(tmp_path / "none.txt")])
    assert isinstance(ended.exception, Refused)

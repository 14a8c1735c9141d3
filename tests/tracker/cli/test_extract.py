"""`tracker extract`: drafts of a file, with no log and nothing written."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

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


class _Page(BaseHTTPRequestHandler):
    """A page with the text on it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<html><body><p>{TEXT}</p></body></html>".encode())

    def log_message(self, *_: object, **__: object) -> None:
        """Say nothing."""


def test_a_page_is_fetched_through_the_guard() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        words = ["extract", f"http://127.0.0.1:{server.server_port}/", "--published", "2024-06-19"]
        refused = CliRunner().invoke(tracker, words)
        allowed = {"TRACKER_ALLOW_NETWORKS": "127.0.0.1/32"}
        told = CliRunner().invoke(tracker, words, env=allowed)
        server.shutdown()
    assert isinstance(refused.exception, Refused)
    assert "incident-reported" in told.stdout, told.output

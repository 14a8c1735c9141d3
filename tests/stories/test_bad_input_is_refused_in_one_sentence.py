"""What is wrong is refused in one clear sentence, and nothing is half-done."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.stories.tracker_process import answer, kept, refused_up, tracker, up

POLICY = ("record", "policy", "--nationality", "CN", "--action", "suspended", "--regime",
          "visa-required", "--first-hand", "for the test")  # fmt: skip
BOMB = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<rss version="2.0"><channel><title>&c;</title></channel></rss>"""
ALLOWED = {"TRACKER_ALLOW_NETWORKS": "127.0.0.0/8"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with kept(tmp_path_factory.mktemp("bad") / "data") as folder:
        tracker(folder, "status")
        yield folder


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    """A server with a feed of 100 MB and one that is an entity bomb."""

    class Handler(BaseHTTPRequestHandler):
        """Answers by path."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/rss+xml")
            self.end_headers()
            try:
                for _ in range(100 if self.path == "/huge.xml" else 0):
                    self.wfile.write(b"x" * 1_000_000)
                self.wfile.write(BOMB)
            except OSError:
                pass  # the tracker has heard enough

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def position(data: Path) -> int:
    return int(answer(data, "status")["position"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--destination", "ZZ"), "jurisdiction: 'ZZ' is not a country code"),
        (
            ("--destination", "EC", "--effective-from", "2024-02-30"),
            "effective_from: '2024-02-30' is not a date that exists",
        ),
        (
            ("--destination", "EC", "--effective-from", "2024-07-01", "--effective-to", "2024-06"),
            "effective_to: 2024-06 is before effective_from 2024-07-01",
        ),
    ],
)
def test_a_wrong_field_is_named_with_its_reason(
    data: Path, options: tuple[str, ...], sentence: str
) -> None:
    before = position(data)

    said = tracker(data, *POLICY, *options, code=2)

    assert sentence in said
    assert said.count("\n") == 1
    assert position(data) == before


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            ("entry-rule", "EC", "CN", "--valid-at", "2024-02-31"),
            "tracker: valid_at: '2024-02-31' is not a day that exists (write 2024-06-18)\n",
        ),
        (
            ("entry-rule", "EC", "CN", "--known-at", "last week"),
            "tracker: known_at: 'last week'",
        ),
        (
            ("history", "EC", "XX"),
            "tracker: nationality: 'XX' is not a country code (ISO 3166-1, such as EC or ECU)\n",
        ),
        (
            ("policies", "--jurisdiction", "ZZ"),
            "tracker: jurisdiction: 'ZZ' is not a country code",
        ),
    ],
)
def test_what_cannot_be_asked_makes_no_log(
    tmp_path: Path, asked: tuple[str, ...], sentence: str
) -> None:
    said = tracker(tmp_path / "data", "show", *asked, code=2)

    assert said.startswith(sentence)
    assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_quote_that_is_not_in_the_document_is_refused(data: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Ecuador will ask Chinese citizens for a visa from 1 July.")
    document = answer(data, "document", "add", str(note))["document"]
    before = position(data)

    said = tracker(
        data, "record", "statement", "--speaker", "Somebody", "--verbatim", "verbatim",
        "--text", "Never", "--document", document, "--quote", "Never was it said", code=2,
    )  # fmt: skip

    assert f"the quote 'Never was it said' is not in document {document}" in said
    assert position(data) == before  # nor was the speaker recorded


def test_a_feed_on_an_address_of_the_cloud_itself_is_refused(data: Path) -> None:
    said = tracker(data, "feed", "add", "http://169.254.169.254/latest/meta-data", code=2)

    assert said == "tracker: feed URL refused: 169.254.169.254 is a link-local address\n"


@pytest.mark.parametrize(
    ("path", "outcome", "sentence"),
    [
        ("/huge.xml", "too-large", "more than 20,000,000 bytes"),
        ("/bomb.xml", "malformed", "entit"),
    ],
)
def test_a_hostile_feed_is_given_up_with_the_reason(
    data: Path, web: str, path: str, outcome: str, sentence: str
) -> None:
    feed = answer(data, "feed", "add", web + path, environment=ALLOWED)["feed"]
    before = position(data)

    polled = answer(data, "feed", "poll", feed, environment=ALLOWED)

    assert polled["outcome"] == outcome
    assert sentence in polled["message"]
    assert position(data) == before


def test_a_second_tracker_on_the_same_data_folder_is_refused(tmp_path: Path) -> None:
    with up(tmp_path / "data"):
        said = refused_up(tmp_path / "data")

    assert f"another tracker is already running on {tmp_path / 'data'}" in said


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with up(tmp_path / "one") as running:
        port = running.url.rpartition(":")[2]
        said = refused_up(tmp_path / "two", "--port", port)

    assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in said


@pytest.mark.kill
def test_postgresql_killed_while_running_comes_back_and_nothing_is_half_done(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with up(data) as running:
        bearer = str(answer(data, "user", "token", "operator")["token"])

        def timeline() -> int:
            request = Request(
                f"{running.url}/api/v1/timeline", headers={"Authorization": f"Bearer {bearer}"}
            )
            try:
                with urlopen(request, timeout=30) as response:
                    return int(response.status)
            except HTTPError as error:
                said = error.read().decode()
                assert "urn:tracker:problem:unavailable" in said, said
                return error.code

        assert timeline() == 200
        os.kill(int((data / "postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        seen = {timeline()}
        deadline = time.monotonic() + 60
        while timeline() != 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert timeline() == 200
        assert seen <= {200, 503}
        tracker(data, *POLICY, "--destination", "EC", "--effective-from", "2024-07-01")
        assert position(data) == 1
    leftovers = subprocess.run(
        ["pgrep", "-f", str(data / "postgres")], capture_output=True, text=True, check=False
    )
    assert leftovers.stdout == ""

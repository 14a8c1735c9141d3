"""`tracker feed …`: a look first, then an addition; settings, secrets and lists."""

import asyncio
import base64
import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.place import Place, parts_at
from tracker.cli import tracker
from tracker.domain.errors import Conflict, Refused, TrackerError

WRITTEN_AT = re.compile("<dateCreated>[^<]+</dateCreated>")
KEY = base64.b64encode(bytes(32)).decode()
RSS = """<rss version="2.0"><channel><title>News</title><language>en</language><item>
<title>Suspended</title><guid>1</guid><description>Ecuador has suspended visa-free entry for Chinese
nationals from July 1, 2030.</description></item></channel></rss>"""
LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'
PAGES = {
    "/feed.xml": RSS,
    "/one": f"<html><head>{LINK.format('/feed.xml')}</head></html>",
    "/two": f"<html><head>{LINK.format('/feed.xml')}{LINK.format('/b.xml')}</head></html>",
}
Run = Callable[..., Any]


class _Site(BaseHTTPRequestHandler):
    """A page, a page with two feeds, and a feed."""

    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_: object, **__: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """The address of a site in another thread, as a command runs a loop of its own."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def said(place: Place) -> Callable[..., Result]:
    """Runs a command on the test's own database; all that came of it."""

    def ended(*words: str, given: str | None = None) -> Result:
        environment = {
            "TRACKER_DATABASE_URL": place.superuser_url,
            "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8",
            "TRACKER_SECRET_KEY": KEY,
        }
        ended = CliRunner().invoke(tracker, ["feed", *words], env=environment, input=given)
        if isinstance(ended.exception, TrackerError):
            raise ended.exception
        assert ended.exit_code == 0, ended.output
        return ended

    return ended


@pytest.fixture
def run(said: Callable[..., Result]) -> Run:
    """The same, as programs read it."""

    def answered(*words: str, given: str | None = None) -> Any:
        return json.loads(said(*words, "--json", given=given).stdout)

    return answered


def test_a_page_leads_to_its_feed_and_one_with_several_to_a_choice(run: Run, site: str) -> None:
    looked = run("test", f"{site}/one")
    assert [feed["url"] for feed in looked["feeds"]] == [f"{site}/feed.xml"]
    looked = run("test", f"{site}/feed.xml")
    assert (looked["title"], looked["proposing"], looked["language"]) == ("News", 1, "en")
    assert run("list") == []

    with pytest.raises(Refused, match=r"2 feeds, add one of them: http.*/feed.xml; http.*/b.xml"):
        run("add", f"{site}/two")
    added = run("add", f"{site}/one", "--category", "World", "--include", "visa",
                "--trust", "policy-changed=0.9")  # fmt: skip
    assert added["trust"] == [{"of": "policy-changed", "confidence": "0.9"}]
    assert (added["url"], added["title"], added["include"]) == (
        f"{site}/feed.xml", "News", ["visa"],
    )  # fmt: skip
    with pytest.raises(Conflict):
        run("add", f"{site}/one")
    assert run("add", f"{site}/two", "--unseen")["url"] == f"{site}/two"
    assert "title" not in run("add", f"{site}/nothing")


def test_a_look_is_told_to_people(said: Callable[..., Result], site: str) -> None:
    lines = said("test", f"{site}/feed.xml").stdout
    for words in (
        "ok: ",
        "News, en, no item has a date",
        "1 items would propose",
        "policy-changed",
    ):
        assert words in lines
    assert "a feed of this page: " in said("test", f"{site}/two").stdout
    assert "http-error: " in said("test", f"{site}/nothing").stdout


def test_what_is_set_is_shown_changed_and_reset(run: Run, said: Callable[..., Result]) -> None:
    feed = run("add", "https://a.example/rss", "--unseen", "--title", "A")["feed"]

    assert "Changed." in said("change", feed, "--category", "X/Y", "--reset", "title").stdout
    assert "like that already" in said("change", feed, "--category", "X/Y").stdout
    shown = said("show", feed).stdout
    assert "category: X/Y" in shown
    assert "Not polled yet." in shown
    assert run("show", feed)["feed"]["title"] is None
    assert said("list").stdout.startswith("X/Y\n")


def test_secrets_come_from_a_file_and_are_named_only(
    run: Run, said: Callable[..., Result], tmp_path: Path, place: Place
) -> None:
    feed = run("add", "https://a.example/rss", "--unseen")["feed"]
    file = tmp_path / "proxy"
    file.write_text("http://me:swordfish@proxy.example:3128\n")

    told = [
        said("access", "headers", feed, "-", given="Authorization: Bearer hunter2\nX-Key: a:b\n"),
        said("access", "proxy", feed, str(file)),
        said("show", feed),
    ]
    words = "".join(one.output for one in told)
    assert "sent along: authorization, x-key (values are not shown)" in words
    assert "fetched through a proxy" in words
    assert not any(secret in words for secret in ("hunter2", "swordfish", "proxy.example"))
    with pytest.raises(Refused, match="a line is not of the form"):
        said("access", "headers", feed, "-", given="Bearer hunter2")

    async def held() -> tuple[dict[str, str], str | None]:
        async with parts_at(place, secret_key=KEY) as parts:
            access = await parts.ways.table.of(feed)
            return access.headers, access.proxy

    assert asyncio.run(held()) == (
        {"authorization": "Bearer hunter2", "x-key": "a:b"},
        "http://me:swordfish@proxy.example:3128",
    )
    said("access", "drop", feed)
    assert run("show", feed)["access"] == {"headers": [], "proxy": False}


def test_a_list_goes_in_and_comes_out_as_a_file(
    run: Run, said: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "feeds.opml"
    run("add", "https://a.example/rss", "--unseen", "--category", "X", "--interval", "900")
    said("opml", "export", str(file))
    again, written = said("opml", "export").stdout, file.read_text()
    assert WRITTEN_AT.search(written)
    # They may have been written a second apart.
    assert WRITTEN_AT.sub("", again) == WRITTEN_AT.sub("", written)

    broken = file.read_text().replace("</body>", '<outline type="rss" text="b"/></body>')
    told = said("opml", "import", "-", given=broken).stdout
    assert "'b' has no xmlUrl" in told
    assert "0 feeds are polled from now on, 1 were already, 1 could not be used." in told
    with pytest.raises(Refused, match="No such file"):
        said("opml", "import", str(tmp_path / "nothing"))
    with pytest.raises(Refused, match="No such file"):
        said("opml", "export", str(tmp_path / "no" / "where"))

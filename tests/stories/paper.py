"""A newspaper's server: every time its feed is asked for, there is one item more."""

from datetime import UTC, datetime
from email.utils import format_datetime

from tests.stories.served import Quiet, Served

_FULL = 400


class Paper(Served):
    """An RSS feed of full texts on a port of its own; a context manager."""

    def __init__(self) -> None:
        self.printed = 0
        paper = self

        class Handler(Quiet):
            """Answers every GET with the feed."""

            def do_GET(self) -> None:  # noqa: N802  the server calls it so
                body = paper.feed() if self.path == "/feed.xml" else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        super().__init__(0, Handler)
        self.url = f"http://127.0.0.1:{self.port}/feed.xml"

    def feed(self) -> bytes:
        """All items that were ever printed, and a new one."""
        if self.printed < _FULL:
            self.printed += 1
        date = format_datetime(datetime(2026, 1, 1, tzinfo=UTC))
        items = "".join(
            f"<item><guid isPermaLink='false'>item-{n}</guid><title>Notice {n}</title>"
            f"<pubDate>{date}</pubDate><description>The office was open on day {n}, and "
            f"{n * 7} letters were answered by its clerks.</description></item>"
            for n in range(self.printed)
        )
        return f"<rss version='2.0'><channel><title>P</title>{items}</channel></rss>".encode()

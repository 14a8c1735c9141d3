"""A newspaper's server: every time its feed is asked for, there is one item more."""

import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_FULL = 400


class Paper:
    """An RSS feed of full texts on a port of its own; a context manager."""

    def __init__(self) -> None:
        self.printed = 0
        paper = self

        class Handler(BaseHTTPRequestHandler):
            """Answers every GET with the feed."""

            def do_GET(self) -> None:
                body = paper.feed() if self.path == "/feed.xml" else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/feed.xml"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

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

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

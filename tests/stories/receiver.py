"""A subscriber's server: takes webhooks on loopback and remembers them."""

import json
import socket
import time
from typing import Any, NamedTuple

from standardwebhooks import Webhook

from tests.stories.served import Quiet, Served


class Received(NamedTuple):
    """One request, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id that stays the same however often a message is sent."""
        return self.headers["webhook-id"]


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Receiver(Served):
    """A web server on a port of its own; a context manager. Confirmations are kept apart."""

    def __init__(self, port: int) -> None:
        self.requests: list[Received] = []
        self.confirmations: list[Received] = []
        requests, confirmations = self.requests, self.confirmations

        class Handler(Quiet):
            """Answers 204 to every POST."""

            def do_POST(self) -> None:  # noqa: N802  the server calls it so
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                confirms = json.loads(body)["type"] == "alert.confirmation"
                (confirmations if confirms else requests).append(Received(headers, body))
                self.send_response(204)
                self.end_headers()

        super().__init__(port, Handler)

    def wait_for(self, count: int, wait_s: float = 30.0) -> list[Received]:
        """What came, once so many requests have."""
        deadline = time.monotonic() + wait_s
        while len(self.requests) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return list(self.requests)


def verified(received: Received, secret: str) -> Any:
    """The body, if an independent library finds the signature right."""
    return Webhook(secret).verify(received.body, received.headers)

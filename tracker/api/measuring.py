"""Around the application: how long requests take, what they are called in the logs, who still asks."""

import re
import time
from collections.abc import MutableMapping
from typing import Any
from uuid import uuid4

from litestar.types import ASGIApp, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from tracker import logs

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_TRACE = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Meter:
    """Counts the requests of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tracker_http_requests", "Requests by route and status.",
            ["method", "route", "status"], registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "tracker_http_request_seconds", "How long they took until the head of the answer.",
            ["method", "route"], buckets=_BUCKETS_S, registry=self.registry,
        )  # fmt: skip
        self.open = Gauge(
            "tracker_http_requests_open", "Requests under way.", registry=self.registry
        )


class Measured:
    """An application whose requests are counted, and named in logs and answers."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; lifespans and the like are nobody's to count."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, named = time.perf_counter(), request_id(scope["headers"])
        status = 500

        async def sent(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", named.encode())]
                self._note(scope, status, time.perf_counter() - started)
            await send(message)

        token = logs.request.set(named)
        self._meter.open.inc()
        try:
            await self._app(scope, receive, sent)
        finally:
            self._meter.open.dec()
            logs.request.reset(token)

    def _note(self, scope: Scope, status: int, took_s: float) -> None:
        known: MutableMapping[str, Any] = scope  # pyright: ignore[reportAssignmentType]
        # Unknown addresses are of any number; a label for each would be a leak of memory.
        route = known.get("path_template") or "none"
        method = str(known["method"])
        self._meter.requests.labels(method, route, str(status)).inc()
        self._meter.seconds.labels(method, route).observe(took_s)


def request_id(headers: Any) -> str:
    """What a request is called: by its sender (X-Request-ID, traceparent), or by a word of chance."""
    given = {name.lower(): value.decode("latin-1") for name, value in headers}
    if _ID.fullmatch(given.get(b"x-request-id", "")):
        return given[b"x-request-id"]
    trace = _TRACE.fullmatch(given.get(b"traceparent", ""))
    return trace[1] if trace else uuid4().hex

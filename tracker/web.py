"""The web application and its server: the API and the console over the same parts."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from litestar import Litestar, Request, Response
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide

from tracker.api import api
from tracker.api.documentation import openapi_config
from tracker.api.links import LinkRoutes
from tracker.api.log import TreeRoutes
from tracker.api.measuring import Measured, Meter
from tracker.api.methods import allow
from tracker.api.problems import HANDLERS, PROGRAMS, Handler
from tracker.api.rates import RATES, Rates
from tracker.api.reading import stamp
from tracker.api.standing import STANDING, Standing
from tracker.api.streaming import CLOSING
from tracker.api.unchanged import UNCHANGED, Memory, Unchanged
from tracker.console import PAGES
from tracker.console.headers import secure
from tracker.console.problems import problem_page
from tracker.parts import Parts
from tracker.sample.pages import SAMPLE_PAGES

LARGEST_BODY_BYTES = 10_000_000
# A compressor would hold back what a stream has to say.
_STREAMS = ["/stream"]


def application(parts: Parts, *, sample: bool = False) -> Litestar:
    """The web application: the API and the console over the same parts."""
    return Litestar(
        route_handlers=[api(), TreeRoutes, LinkRoutes, *PAGES, *(SAMPLE_PAGES if sample else ())],
        state=State(
            {
                "parts": parts,
                "meter": Meter(),
                "draining": False,
                STANDING: Standing(parts),
                UNCHANGED: Memory(parts.clock),
                RATES: Rates(parts.requests_per_minute),
                CLOSING: asyncio.Event(),
            }
        ),
        dependencies={"parts": Provide(_given_parts, sync_to_thread=False)},
        exception_handlers={kind: _by_door(handler) for kind, handler in HANDLERS.items()},
        before_send=[stamp, allow, secure],
        openapi_config=openapi_config(),
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=5, minimum_size=1000, exclude=_STREAMS
        ),
        request_max_body_size=LARGEST_BODY_BYTES,
        logging_config=None,
    )


def _by_door(problem: Handler) -> Handler:
    """A problem document where programs ask, a page of the same status for people elsewhere."""

    def answer(request: Request[Any, Any, Any], error: Any) -> Response[Any]:
        document = problem(request, error)
        if request.url.path.startswith(PROGRAMS):
            return document
        page = problem_page(request, error, document.status_code or 500)
        page.headers.update(document.headers)
        return page

    return answer


def _given_parts(state: State) -> Parts:
    return state["parts"]


@asynccontextmanager
async def serving(
    app: Litestar, listener: socket.socket, stop: asyncio.Event
) -> AsyncGenerator[None]:
    """Answer HTTP; a server that ends by itself stops everything."""
    state = app.state
    quick = Unchanged(app, state[UNCHANGED], state[STANDING], state[RATES], stamp, secure)
    measured: Any = Measured(quick, state["meter"])
    config = uvicorn.Config(
        measured, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=5
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    task.add_done_callback(lambda _: stop.set())
    try:
        yield
    finally:
        # What streams would be waited for.
        app.state[CLOSING].set()
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """A uvicorn that leaves the signals to us, so that workers and pages stop together."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

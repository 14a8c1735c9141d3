"""Log lines: one JSON object each, for machines, or plain text on a terminal."""

import asyncio
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

request: ContextVar[str | None] = ContextVar("request", default=None)
"""What the request at hand is called, if there is one."""


class _JsonLines(logging.Formatter):
    """A log record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        named = request.get()
        if named:
            line["request"] = named
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def _tells(record: logging.LogRecord) -> bool:
    """Whether a line tells anything: a job that was cancelled ended because it was told to."""
    kind = record.exc_info[0] if record.exc_info else None
    return not (kind and issubclass(kind, asyncio.CancelledError))


def configure(level: str) -> None:
    """Send log lines to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_tells)
    if sys.stderr.isatty():
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    else:
        handler.setFormatter(_JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in ("apscheduler", "psycopg.pool", "uvicorn", "httpx"):
        logging.getLogger(chatty).setLevel("WARNING")

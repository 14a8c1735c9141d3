"""A mail server on loopback that keeps what it is given."""

import asyncio
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP

from projections.alerts.channel import Mail


class Mailbox:
    """A server for as long as it is entered; `answer` is what it says of a recipient.

    One that is `silent` greets and says nothing more for a mail.
    """

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.answer = ""
        self.silent = False
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Mailbox":
        loop = asyncio.get_running_loop()
        made = partial(SMTP, self, hostname="mx.example", loop=loop)
        self._server = await loop.create_server(made, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    def mail(self) -> Mail:
        """How to reach it."""
        assert self._server
        port = self._server.sockets[0].getsockname()[1]
        return Mail(host="127.0.0.1", port=port, sender="alerts@tracker.example")

    async def handle_RCPT(  # noqa: N802  the server calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take any recipient, unless told otherwise."""
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail."""
        if self.silent:
            await asyncio.Event().wait()
        self.received.append(envelope.content)
        return "250 kept"

"""A mail server on loopback that keeps what it is given."""

import asyncio
from functools import partial

from aiosmtpd.smtp import SMTP

from projections.alerts.channel import Mail
from tests.taking_mail import Taking


class Mailbox(Taking):
    """A server for as long as it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[bytes] = []
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

    def keep(self, content: bytes) -> None:
        """Put it with the others."""
        self.received.append(content)

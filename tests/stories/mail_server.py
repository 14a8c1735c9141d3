"""A real mail server on loopback, which can be away, hang, or put everybody off."""

import asyncio
import threading
from email import message_from_bytes
from functools import partial
from typing import Self

from aiosmtpd.smtp import SMTP

from tests.taking_mail import Taking


class MailServer(Taking):
    """Keeps the ids of the mails that it takes, in a thread of its own; a context manager."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port = port
        self.ids: list[str] = []
        self._loop: asyncio.AbstractEventLoop
        self._server: asyncio.Server | None = None

    def listen(self) -> None:
        """Take connections."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(30)

    def be(self, *, silent: bool = False, answer: str = "") -> None:
        """Behave in another way from now on."""
        self.silent, self.answer = silent, answer

    def refuse(self) -> None:
        """Take no connection any more."""
        asyncio.run_coroutine_threadsafe(self._refuse(), self._loop).result(30)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _listen(self) -> None:
        made = partial(SMTP, self, hostname="mx.example", loop=self._loop)
        self._server = await self._loop.create_server(made, "127.0.0.1", self.port)

    async def _refuse(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def keep(self, content: bytes) -> None:
        """Keep whose mail it is, once it is taken."""
        self.ids.append(str(message_from_bytes(content)["Message-ID"])[1:].split("@")[0])

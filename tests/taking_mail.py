"""What a mail server of the tests does with a mail, wherever it runs."""

import asyncio
from typing import Any


class Taking:
    """A handler of aiosmtpd that hands on what it takes to `keep`.

    `answer` is what it says of a recipient instead of taking one; one that is `silent` greets, and
    says nothing more once it is given a mail.
    """

    def __init__(self) -> None:
        self.answer = ""
        self.silent = False

    def keep(self, content: bytes) -> None:
        """What becomes of a mail."""
        raise NotImplementedError

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
        self.keep(envelope.content)
        return "250 kept"

"""Links that need no sign-in: each names a subscription and bears a token that only we can make."""

import base64
import hashlib
import hmac
from typing import Literal

from tracker.log.database import Database

# Made by the migration; it stays, or every link in every mailbox would break.
KEY = "select value from app.setting where name = 'link-key'"
_TOKEN_BYTES = 24

Purpose = Literal["read", "unsubscribe"]


class Links:
    """Makes and knows the tokens of links: HMAC-SHA256 over what the link is for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key: bytes | None = None

    async def token(self, purpose: Purpose, subscription: str) -> str:
        """The token of a link."""
        if self._key is None:
            self._key = bytes.fromhex((await self._database.fetch(KEY))[0][0])
        digest = hmac.digest(self._key, f"{purpose} {subscription}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode()

    async def known(self, purpose: Purpose, subscription: str, token: str) -> bool:
        """Whether the token is that of the link."""
        expected = await self.token(purpose, subscription)
        return hmac.compare_digest(expected.encode(), token.encode())

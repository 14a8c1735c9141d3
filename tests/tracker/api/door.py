"""The API as its callers have it: a real server on loopback over the test's own database."""

from collections.abc import Mapping
from typing import Any

import aiohttp
import msgspec
from litestar import Litestar
from yarl import URL

from tracker.domain.document import DocumentReceived
from tracker.domain.draft import DraftProposed, Span
from tracker.domain.ids import derived
from tracker.domain.intake import ReceiveDocument
from tracker.parts import Parts

BY_HAND = {"first_hand": "seen at the border"}


class Reply(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    data: bytes

    @property
    def body(self) -> Any:
        """The JSON of it."""
        return msgspec.json.decode(self.data)

    @property
    def written(self) -> Any:
        """The JSON of a write that was done."""
        assert self.status == 201, self.data
        return self.body


class Door:
    """Asks the server as somebody with a role; nobody in particular where the role is None."""

    def __init__(
        self,
        app: Litestar,
        parts: Parts,
        base: str,
        tokens: Mapping[str, str],
        session: aiohttp.ClientSession,
    ) -> None:
        self.app = app
        self.parts = parts
        self.base = base
        self.tokens = tokens
        self._session = session

    async def call(
        self,
        method: str,
        path: str | URL,
        *,
        role: str | None = "admin",
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Reply:
        """Send a request below `/api/v1`, to an address that begins otherwise, or to a whole URL."""
        sent = dict(headers or {})
        if role is not None:
            sent["authorization"] = f"Bearer {self.tokens[role]}"
        url = self._url(path) if isinstance(path, str) else path
        async with self._session.request(method, url, headers=sent, **options) as answer:
            # A stream goes on: that it began is all there is to see of it here.
            endless = answer.content_type == "text/event-stream"
            data = b"" if endless else await answer.read()
            return Reply(answer.status, answer.headers.copy(), data)

    def _url(self, path: str) -> str:
        return f"{self.base}/api/v1{path}" if path.startswith("/") else f"{self.base}/{path}"

    async def get(self, path: str, **options: Any) -> Reply:
        """Read as an admin, if not as somebody else."""
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Reply:
        """Write as an admin, if not as somebody else."""
        return await self.call("POST", path, json=body, **options)

    async def record(self, kind: str, **fields: Any) -> Any:
        """Record a fact and let the views fold it."""
        sourced = fields if "citations" in fields else {**BY_HAND, **fields}
        written = (await self.post(f"/facts/{kind}", sourced)).written
        await self.parts.settle()
        return written

    async def change(self, regime: str, effective_from: str | None = None, **fields: Any) -> Any:
        """Record that Ecuador changed the rule for Chinese passports."""
        rule = {"nationalities": ["CN"], "regime": regime, **fields.pop("rule", {})}
        dated = {"effective_from": effective_from} if effective_from else {}
        named = {"jurisdiction": "EC", "action": "amended", "rule": rule}
        return await self.record("policy", **{**named, **dated, **fields})

    async def document(
        self, text: str, draft: Mapping[str, Any] | None = None, **known: Any
    ) -> tuple[str, str]:
        """Put a text on record as a document, with the draft of a policy if one is given."""
        sha256 = await self.parts.evidence.keep(text.encode())
        document = str(derived("document", sha256))
        proposed = DraftProposed(
            draft=str(derived("draft", sha256)),
            document=document,
            fact_type="policy-changed",
            fact=dict(draft or {}),
            extractor="by-hand",
            extractor_version=1,
            rule="suspension",
            confidence="0.9",
            spans=(Span("rule.regime", 0, len(text)),),
        )
        received = DocumentReceived(
            document=document, raw_sha256=sha256, text_sha256=sha256, **known
        )
        command = ReceiveDocument(
            received=received, content_hash=sha256, drafts=(proposed,) if draft else ()
        )
        await self.parts.executor.execute(command, await self.parts.operator())
        await self.parts.settle()
        return document, proposed.draft


def problem(reply: Reply) -> tuple[int, str, str | None]:
    """Status, kind and field of a problem document."""
    assert reply.headers["Content-Type"].startswith("application/problem+json"), reply
    body = reply.body
    assert body["status"] == reply.status
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in body["detail"]
    return reply.status, body["type"].removeprefix("urn:tracker:problem:"), body.get("field")

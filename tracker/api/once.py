"""Writes outside the log, sent again with their Idempotency-Key: answered, and not done twice.

    claim ─→ the work ─→ its answer is kept, sealed under the caller's token ─→ answered again
              └ refused ─→ the claim is released

What goes into the log needs none of this: its events have ids made of the key.
"""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from tracker.api.access import Caller, OpenParts
from tracker.api.rates import TOLD
from tracker.api.writing import IdempotencyKey
from tracker.domain.ids import derived
from tracker.parts import Parts
from tracker.tables.requests import Claim, Requests
from tracker.tables.sealing import Sealer

T = TypeVar("T")


class Once:
    """Does the work of a request unless it was done before under the same key."""

    def __init__(self, request: Caller, parts: Parts, key: str | None) -> None:
        self._request = request
        self._requests = Requests(parts.database, parts.clock)
        self._key = key

    async def __call__(self, kind: type[T], work: Callable[[], Awaitable[T]]) -> T:
        """What the work gave, now or when the request came first; `kind` is the answer's type."""
        if self._key is None:
            return await work()
        # Bodies and answers hold secrets: without the token nobody can read or even guess them.
        token = self._request.headers["authorization"].encode()
        sealer = Sealer([hashlib.sha256(b"answer " + token).digest()])
        asked = derived("once", str(self._request.user.id), self._key)
        claim = await self._requests.claim(asked, await self._fingerprint(token))
        if claim.answer is not None:
            told = self._request.scope["state"]
            told[TOLD] = {**told.get(TOLD, {}), "idempotent-replayed": "true"}
            return msgspec.json.decode(sealer.open(claim.answer, str(asked)), type=kind)
        return await self._first(claim, sealer, work)

    async def _first(self, claim: Claim, sealer: Sealer, work: Callable[[], Awaitable[T]]) -> T:
        done = False
        try:
            answer = await work()
            sealed = sealer.seal(msgspec.json.encode(answer), str(claim.id))
            await self._requests.answer(claim, sealed)
            done = True
        finally:
            if not done:
                await self._requests.release(claim)
        return answer

    async def _fingerprint(self, token: bytes) -> bytes:
        asked = [self._request.method, self._request.url.path, await self._request.body()]
        return hmac.digest(token, msgspec.msgpack.encode(asked), "sha256")


async def provide_once(
    request: Caller, parts: OpenParts, idempotency_key: IdempotencyKey = None
) -> Once:
    """What does the work of this request at most once."""
    return Once(request, parts, idempotency_key)

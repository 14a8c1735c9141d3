"""Writes outside the log that came with an idempotency key, and what they were answered."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tracker.clock import Clock
from tracker.domain.errors import Conflict
from tracker.log.database import Database

CLAIM = """
insert into app.request (id, fingerprint, asked_at)
values (%(id)s, %(fingerprint)s, %(asked_at)s)
on conflict (id) do update set asked_at = excluded.asked_at
where request.answer is null and request.asked_at < %(stale)s
      and request.fingerprint = excluded.fingerprint
"""
ASKED = "select fingerprint, answer from app.request where id = %(id)s"
ANSWER = "update app.request set answer = %(answer)s where id = %(id)s and asked_at = %(asked_at)s"
RELEASE = """
delete from app.request where id = %(id)s and asked_at = %(asked_at)s and answer is null
"""
# Whoever has had a request for so long and has not answered it is gone.
_STALE = timedelta(minutes=2)


class Claim(msgspec.Struct, frozen=True):
    """A request that is ours to carry out, or its answer where it was carried out before."""

    id: UUID
    asked_at: datetime
    answer: bytes | None = None


class Requests(msgspec.Struct, frozen=True):
    """What was asked with an idempotency key."""

    database: Database
    clock: Clock

    async def claim(self, request: UUID, fingerprint: bytes) -> Claim:
        """Take a request on; Conflict where it is under way, or its key was for another one."""
        now = self.clock()
        asked = {"id": request, "fingerprint": fingerprint, "asked_at": now, "stale": now - _STALE}
        if await self.database.run(CLAIM, asked):
            return Claim(request, now)
        for known, answer in await self.database.fetch(ASKED, {"id": request}):
            if bytes(known) != fingerprint:
                raise Conflict("the idempotency key was used for another request, or by another")
            if answer is not None:
                return Claim(request, now, bytes(answer))
        raise Conflict("a request with this idempotency key is under way; try again")

    async def answer(self, claim: Claim, answer: bytes) -> None:
        """Keep what a request was answered."""
        named = {"id": claim.id, "asked_at": claim.asked_at, "answer": answer}
        await self.database.run(ANSWER, named)

    async def release(self, claim: Claim) -> None:
        """Let go of a request that came to nothing, so that it can be sent again."""
        await self.database.run(RELEASE, {"id": claim.id, "asked_at": claim.asked_at})

"""`/facts/{event}/…`: say a fact again rightly, withdraw it, or give it a further source."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from tracker.api.access import ANALYST, OpenParts
from tracker.api.writing import Writer, Written
from tracker.domain.correcting import CorroborateFact, RetractFact, correction
from tracker.domain.correction import FactCorroborated, Reason
from tracker.domain.fact import Credibility, Reliability
from tracker.domain.values import Citation


class NewCorrection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a fact should say, as a whole or as changes of what it says now."""

    reason: Reason
    fact: Annotated[
        dict[str, Any] | None, Meta(description="All fields of the fact, as if recorded anew.")
    ] = None
    changes: Annotated[
        dict[str, Any] | None,
        Meta(description="Only what changes (JSON Merge Patch, RFC 7396): null takes a field away"),
    ] = None
    seen: Annotated[
        int | None,
        Meta(description="Position of the latest correction that you have read; none for a first."),
    ] = None


class NewRetraction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a fact does not count any more, and where its source says so."""

    reason: Reason
    citations: tuple[Citation, ...] = ()
    known_since: str | None = None


class NewCorroboration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A further source for a fact: citations, or a reason in `first_hand`."""

    citations: tuple[Citation, ...] = ()
    first_hand: str | None = None
    known_since: str | None = None
    reliability: Reliability | None = None
    credibility: Credibility | None = None
    note: str | None = None


class CorrectionRoutes(Controller):
    """What may be said of a fact later; `event` is always the original fact."""

    path = "/facts"
    tags = ("facts",)

    @post("/{event:uuid}/correction", opt=ANALYST)
    async def correct(
        self,
        parts: OpenParts,
        event: FromPath[UUID],
        data: JSONBody[NewCorrection],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Correct a fact; it keeps its place, and earlier answers stay as they were.

        409 where it was retracted, or corrected by an event that you have not `seen`.
        """
        target = await parts.event(str(event))
        past = await parts.later(target)
        return await write(
            correction(
                target, past, data.reason, fact=data.fact, changes=data.changes, seen=data.seen
            )
        )

    @post("/{event:uuid}/retraction", opt=ANALYST)
    async def retract(
        self,
        parts: OpenParts,
        event: FromPath[UUID],
        data: JSONBody[NewRetraction],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Withdraw a fact: from here on it does not count. 409 where it was withdrawn before."""
        target = await parts.event(str(event))
        return await write(
            RetractFact(
                target=target,
                reason=data.reason,
                citations=data.citations,
                known_since=data.known_since,
            )
        )

    @post("/{event:uuid}/corroboration", opt=ANALYST)
    async def corroborate(
        self,
        parts: OpenParts,
        event: FromPath[UUID],
        data: JSONBody[NewCorroboration],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Give a fact a further source. 409 where it was withdrawn."""
        target = await parts.event(str(event))
        source = FactCorroborated(target=str(event), **msgspec.structs.asdict(data))
        return await write(CorroborateFact(target=target, source=source))

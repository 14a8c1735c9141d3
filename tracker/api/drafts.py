"""`/drafts`: what extractors propose, and what a reviewer makes of it."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from projections.silent import SilentDocument
from projections.views.inbox import Draft
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading, country
from tracker.api.writing import Writer, Written, written
from tracker.domain.base import Command
from tracker.domain.reviewing import RejectDraft, SnoozeDraft
from tracker.domain.values import Id
from tracker.parts import Parts
from tracker.reviewing.desk import Outcome
from tracker.reviewing.duplicates import Duplicate
from tracker.reviewing.stacks import Waiting


class Drafts(msgspec.Struct, frozen=True):
    """A page of drafts."""

    drafts: list[Draft]
    next: str | None


class _Several(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is decided along with a draft."""

    others: tuple[Id, ...] = ()
    """Drafts of the same stack, decided in the same append."""


class Acceptance(_Several, frozen=True, kw_only=True):
    """How a draft becomes a fact, and the others further sources of it.

    `edited` holds the fields that replace those proposed; null takes one away.
    """

    edited: dict[str, Any] | None = None
    reason: str | None = None


class Joining(_Several, frozen=True, kw_only=True):
    """Of which known fact drafts are further sources."""

    fact: UUID
    reason: str | None = None


class Rejection(_Several, frozen=True, kw_only=True):
    """Why drafts are no fact."""

    reason: str


class Snooze(_Several, frozen=True, kw_only=True):
    """Until when drafts are put off."""

    until: str
    reason: str | None = None


class Reopening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a decision is undone."""

    reason: str = "undo"


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drafts that are accepted as they are, each by itself."""

    drafts: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=100)]


class Outcomes(msgspec.Struct, frozen=True):
    """What came of each: the fact, or why it was not accepted."""

    outcomes: list[Outcome]
    position: int
    """Of the last acceptance; 0 where there was none."""


class Duplicates(msgspec.Struct, frozen=True):
    """Known facts that say what a draft says."""

    duplicates: list[Duplicate]


class SilentDocuments(msgspec.Struct, frozen=True):
    """Documents that name what is watched and gave no draft."""

    documents: list[SilentDocument]


class DraftRoutes(Controller):
    """The inbox and the decisions on it."""

    path = "/drafts"
    tags = ("drafts",)

    @get("/", opt=READER)
    async def drafts(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        paging: NamedDependency[Paging],
        status: FromQuery[Literal["waiting", "accepted", "rejected"]] = "waiting",
        document: FromQuery[UUID | None] = None,
        destination: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> Drafts:
        """Drafts, the last proposed first."""
        reading.unless_known()
        asked = {
            "status": status,
            "document": document and str(document),
            "destination": destination and country("destination", destination),
        }
        rows = await parts.views.select(
            Draft,
            equal={name: value for name, value in asked.items() if value},
            before=paging.before,
            descending=True,
            order=("position",),
            limit=limit,
        )
        return Drafts(rows, paging.next(rows, limit))

    @get("/{draft:uuid}", opt=READER)
    async def draft(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        draft: FromPath[UUID],
    ) -> Draft:
        """One draft."""
        reading.unless_known()
        return await parts.desk.draft(str(draft))

    @get("/stacks", opt=READER)
    async def stacks(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        snoozed: FromQuery[bool] = False,
        offset: Annotated[int, QueryParameter(ge=0, le=2**31)] = 0,
        limit: Limit = 50,
    ) -> Waiting:
        """Drafts that wait, those of one fact as one; first what a subscription watches."""
        reading.unless_known()
        return await parts.desk.inbox.waiting(offset=offset, limit=limit, snoozed=snoozed)

    @get("/silent", opt=READER)
    async def silent(
        self, parts: OpenParts, reading: NamedDependency[Reading], limit: Limit = 50
    ) -> SilentDocuments:
        """The second lane: documents that name what is watched and gave no draft."""
        reading.unless_known()
        return SilentDocuments(await parts.desk.inbox.silent(limit=limit))

    @get("/{draft:uuid}/duplicates", opt=READER)
    async def duplicates(
        self, parts: OpenParts, reading: NamedDependency[Reading], draft: FromPath[UUID]
    ) -> Duplicates:
        """Known facts that say what the draft says, and why they are held alike."""
        reading.unless_known()
        row = await parts.desk.draft(str(draft))
        return Duplicates(await parts.desk.duplicates(row))

    @post("/accept", opt=ANALYST, status_code=200)
    async def accept_each(
        self, parts: OpenParts, data: JSONBody[Chosen], write: NamedDependency[Writer]
    ) -> Response[Outcomes]:
        """Accept drafts as proposed, each in an append of its own; says which failed and why."""
        chosen = [str(draft) for draft in data.drafts]
        outcomes = await parts.desk.accept_each(chosen, write.actor, key=write.key)
        position = max(outcome.position or 0 for outcome in outcomes)
        headers = {"Tracker-Position": str(position)}
        return Response(Outcomes(outcomes, position), headers=headers)

    @post("/{draft:uuid}/accept", opt=ANALYST)
    async def accept(
        self,
        parts: OpenParts,
        draft: FromPath[UUID],
        write: NamedDependency[Writer],
        data: JSONBody[Acceptance | None] = None,
    ) -> Response[Written]:
        """Make a fact of a draft, in one append with its acceptance and the others'."""
        given = data or Acceptance()
        command = await parts.desk.acceptance(
            str(draft), edited=given.edited, reason=given.reason, others=given.others
        )
        return await _decided(parts, command, write)

    @post("/{draft:uuid}/join", opt=ANALYST)
    async def join(
        self,
        parts: OpenParts,
        draft: FromPath[UUID],
        data: JSONBody[Joining],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Take a draft as a further source of a known fact."""
        command = await parts.desk.joining(
            str(draft), str(data.fact), reason=data.reason, others=data.others
        )
        return await _decided(parts, command, write)

    @post("/{draft:uuid}/reject", opt=ANALYST)
    async def reject(
        self,
        parts: OpenParts,
        draft: FromPath[UUID],
        data: JSONBody[Rejection],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Close a draft without a fact."""
        command = RejectDraft(draft=str(draft), others=data.others, reason=data.reason)
        return await _decided(parts, command, write)

    @post("/{draft:uuid}/snooze", opt=ANALYST)
    async def snooze(
        self,
        parts: OpenParts,
        draft: FromPath[UUID],
        data: JSONBody[Snooze],
        write: NamedDependency[Writer],
    ) -> Response[Written]:
        """Put a draft off; it wakes by itself."""
        command = SnoozeDraft(
            draft=str(draft), others=data.others, until=data.until, reason=data.reason
        )
        return await _decided(parts, command, write)

    @post("/{draft:uuid}/reopen", opt=ANALYST)
    async def reopen(
        self,
        parts: OpenParts,
        draft: FromPath[UUID],
        write: NamedDependency[Writer],
        data: JSONBody[Reopening | None] = None,
    ) -> Response[Written]:
        """Undo what was decided on a draft, and on those decided with it."""
        command = await parts.desk.undoing(str(draft), (data or Reopening()).reason)
        return await _decided(parts, command, write)


async def _decided(parts: Parts, command: Command, write: Writer) -> Response[Written]:
    return written(await parts.desk.decide(command, write.actor, key=write.key), 201)

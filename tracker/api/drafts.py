"""`/drafts`: what extractors propose, and what a reviewer makes of it."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from projections.views.inbox import Draft
from tracker.api.access import ANALYST, READER, OpenParts
from tracker.api.reading import Before, Limit, Reading, country
from tracker.api.writing import Writer, Written
from tracker.domain.base import tagged
from tracker.domain.catalog import fact_from
from tracker.domain.draft import draft_state
from tracker.domain.errors import NotFound
from tracker.domain.reviewing import AcceptDraft, RejectDraft
from tracker.domain.undoing import ReopenDraft
from tracker.domain.values import checked
from tracker.parts import Parts


class Drafts(msgspec.Struct, frozen=True):
    """A page of drafts."""

    drafts: list[Draft]
    next: int | None


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a draft becomes a fact.

    `edited` holds the fields that replace those proposed; null takes one away.
    """

    edited: dict[str, Any] | None = None
    reason: str | None = None


class Rejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a draft is no fact."""

    reason: str


class Reopening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a rejection is undone."""

    reason: str = "undo"


async def acceptance(parts: Parts, draft: str, given: Acceptance) -> AcceptDraft:
    """The command that accepts a draft; NotFound where there is no such draft."""
    past = await parts.reader.read_all(tagged(f"draft:{draft}"), before=await parts.reader.head())
    state = draft_state(draft, past)
    if state is None:
        raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
    kind, fields = state.proposed.fact_type, state.proposed.fact
    if given.edited is None:
        return AcceptDraft(draft=draft, proposed=fact_from(kind, fields), reason=given.reason)
    merged = {k: v for k, v in {**fields, **given.edited}.items() if v is not None}
    edited = checked(fact_from(kind, merged))
    return AcceptDraft(draft=draft, proposed=edited, edited=edited, reason=given.reason)


class DraftRoutes(Controller):
    """The inbox and the decisions on it."""

    path = "/drafts"
    tags = ("drafts",)

    @get("/", opt=READER)
    async def drafts(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        status: FromQuery[Literal["waiting", "accepted", "rejected"]] = "waiting",
        document: FromQuery[UUID | None] = None,
        destination: FromQuery[str | None] = None,
        before: Before = None,
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
            before=None if before is None else ("position", before),
            descending=True,
            order=("position",),
            limit=limit,
        )
        return Drafts(rows, rows[-1].position if len(rows) == limit else None)

    @get("/{draft:uuid}", opt=READER)
    async def draft(
        self,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        draft: FromPath[UUID],
    ) -> Draft:
        """One draft."""
        reading.unless_known()
        found = await parts.views.select(Draft, equal={"draft": str(draft)}, limit=1)
        if not found:
            raise NotFound(f"draft: no draft {draft} is in the log", field="draft")
        return found[0]

    @post("/{draft:uuid}/accept", opt=ANALYST)
    async def accept(
        self,
        parts: OpenParts,
        draft: FromPath[UUID],
        write: NamedDependency[Writer],
        data: JSONBody[Acceptance | None] = None,
    ) -> Response[Written]:
        """Make a fact of a draft: the fact and the acceptance are one append."""
        return await write(await acceptance(parts, str(draft), data or Acceptance()))

    @post("/{draft:uuid}/reject", opt=ANALYST)
    async def reject(
        self, draft: FromPath[UUID], data: JSONBody[Rejection], write: NamedDependency[Writer]
    ) -> Response[Written]:
        """Close a draft without a fact."""
        return await write(RejectDraft(draft=str(draft), reason=data.reason))

    @post("/{draft:uuid}/reopen", opt=ANALYST)
    async def reopen(
        self,
        draft: FromPath[UUID],
        write: NamedDependency[Writer],
        data: JSONBody[Reopening | None] = None,
    ) -> Response[Written]:
        """Undo a rejection."""
        return await write(ReopenDraft(draft=str(draft), reason=(data or Reopening()).reason))

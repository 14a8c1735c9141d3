"""The audit: where the log stands, what was signed, a look at the whole tree, and erasures."""

from typing import Any

import msgspec
from litestar import Response, get, post

from tracker.console.site import AnyRequest, page, pages
from tracker.console.visits import GivenParts, Visit, arrive, decider, posted_by
from tracker.domain.base import Recorded, tagged
from tracker.domain.checkpoint import KNOWN, CheckpointPublished
from tracker.domain.errors import Conflict, TrackerError
from tracker.parts import Parts
from tracker.proof.inspect import Inspection, inspect
from tracker.proof.published import leaf_proof

_SHOWN = 20
_MOST = 200_000
_ERASED = tagged("type:payload-erased")


class Signed(msgspec.Struct, frozen=True):
    """A published checkpoint, and whether the tree of today still leads to it."""

    recorded: Recorded
    checkpoint: CheckpointPublished
    fits: bool


@get("/audit")
async def audit(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """What an auditor looks at first."""
    visit = await arrive(request, parts)
    return await _page(request, parts, visit)


@post("/audit/verify", status_code=200)
async def verify(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Hash the leaves again and compare them with everything that was signed."""
    visit = await arrive(request, parts)
    await posted_by(request, visit)
    found = await inspect(parts.tiles, parts.reader, parts.signer.verifier(), most=_MOST)
    return await _page(request, parts, visit, inspection=found)


@post("/audit/checkpoint", status_code=200)
async def sign(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Sign the log as it stands."""
    await decider(request, parts, "auditor")
    try:
        note = await parts.signer.checkpoint()
    except TrackerError as fault:
        raise Conflict(fault.message) from None
    return await _page(request, parts, await arrive(request, parts), note=note)


async def _page(
    request: AnyRequest,
    parts: Parts,
    visit: Visit,
    *,
    inspection: Inspection | None = None,
    note: str | None = None,
) -> Response[str]:
    asked = request.query_params.get("position", "")
    proof: Any = None
    if asked.isascii() and asked.isdigit() and len(asked) < 16:
        proof = await leaf_proof(int(asked), parts.reader, parts.tiles)
    return page(
        request,
        "audit.html",
        visit=visit,
        root=(await parts.tiles.root_at(visit.head)).hex() if visit.head else None,
        key=parts.signer.verifier().text,
        signed=await _signed(parts, visit.head),
        inspection=inspection,
        note=note,
        asked=asked,
        proof=proof,
        proof_text=msgspec.json.format(msgspec.json.encode(proof), indent=2).decode(),
        erasures=await parts.reader.read(_ERASED, limit=_SHOWN, backwards=True),
        may_sign=visit.user.role in ("auditor", "admin"),
        twin=f"/api/v1/log/proof/{visit.head}" if visit.head else None,
    )


async def _signed(parts: Parts, head: int) -> list[Signed]:
    """The latest checkpoints, each held against the tree as it is now."""
    published = await parts.reader.read(KNOWN, limit=_SHOWN, backwards=True)
    known = [(r, r.event) for r in published if isinstance(r.event, CheckpointPublished)]
    roots = await parts.tiles.roots_at({event.size for _, event in known if event.size <= head})
    return [
        Signed(recorded, event, event.size in roots and roots[event.size].hex() == event.root)
        for recorded, event in known
    ]


PAGE = pages(audit, verify, sign)

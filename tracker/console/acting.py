"""What is done to a fact from its page: corrected, retracted, given a source, related."""

from typing import Any, cast

import msgspec
from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect

from tracker.console.account import account_of, named_fields, who
from tracker.console.drafting import edited
from tracker.console.quoting import cited, rating
from tracker.console.record import once, said, text_of
from tracker.console.site import AnyRequest, pages, with_query
from tracker.console.visits import GivenParts, Visit, decider, identified, position
from tracker.domain.base import Command, Recorded
from tracker.domain.correcting import CorroborateFact, RetractFact, correction
from tracker.domain.correction import FactCorroborated, Reason
from tracker.domain.errors import Conflict, OtherContent, Refused
from tracker.domain.relation import AssertRelation
from tracker.domain.standing import require_fact
from tracker.parts import Parts

REASONS = {
    "transcription": "we wrote it down wrongly",
    "source-corrected": "the source corrected itself",
    "source-withdrew": "the source took it back",
    "duplicate": "it is recorded twice",
    "other": "another reason",
}
"""The codes of reasons, in words."""


@post("/events/{event:str}/correct", status_code=303)
async def correct(request: AnyRequest, parts: GivenParts, event: FromPath[str]) -> Redirect:
    """Say the fact again with what was changed in the form."""
    visit, fields = await decider(request, parts)
    target = await parts.event(event)
    past = await parts.later(target)
    found = await account_of(parts, target, past)
    if found is None or found.now is None:
        raise await _conflict(parts, target, Conflict("it does not count any more"))
    shown = named_fields(found.now, found.names)
    changed = edited(found.now.type, shown, fields)
    if changed is None:
        raise Refused("nothing was changed: change a field first")
    command = correction(
        target, past, _reason(fields), changes=patch(shown, changed),
        seen=position("seen", fields.get("seen")),
    )  # fmt: skip
    return await _done(parts, visit, fields, target, command, "corrected")


def patch(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The JSON Merge Patch from one to the other: None takes a field away."""
    found: dict[str, Any] = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            found[name] = patch(cast("dict[str, Any]", old), cast("dict[str, Any]", new))
        else:
            found[name] = new
    return found


@post("/events/{event:str}/retract", status_code=303)
async def retract(request: AnyRequest, parts: GivenParts, event: FromPath[str]) -> Redirect:
    """Withdraw the fact; of a duplicate the reason names the fact that stays."""
    visit, fields = await decider(request, parts)
    target = await parts.event(event)
    reason = _reason(fields)
    if named := fields.get("duplicate_of", "").strip():
        other = await _named(parts, named, "duplicate_of")
        if other.id == target.id:
            raise Refused("duplicate_of: is the fact itself", field="duplicate_of")
        text = f"{reason.text.strip() or 'recorded twice'} (duplicate of event {other.position})"
        reason = Reason(code="duplicate", text=text)
    command = RetractFact(target=target, reason=reason)
    return await _done(parts, visit, fields, target, command, "retracted")


@post("/events/{event:str}/source", status_code=303)
async def add_source(request: AnyRequest, parts: GivenParts, event: FromPath[str]) -> Redirect:
    """Give the fact a further source: a quote of a document that is kept."""
    visit, fields = await decider(request, parts)
    target = await parts.event(event)
    row, text = await text_of(parts, str(identified(fields.get("document", ""))))
    try:
        source = msgspec.convert({"target": str(target.id), **rating(fields)}, FactCorroborated)
    except msgspec.ValidationError:
        raise Refused("reliability: choose a letter and a number of the list") from None
    citation = cited(row.document, text, fields)
    source = msgspec.structs.replace(source, citations=(citation,))
    command = CorroborateFact(target=target, source=source)
    return await _done(parts, visit, fields, target, command, "corroborated")


@post("/events/{event:str}/relate", status_code=303)
async def relate(request: AnyRequest, parts: GivenParts, event: FromPath[str]) -> Redirect:
    """Say what the fact is to another one."""
    visit, fields = await decider(request, parts)
    target = await parts.event(event)
    other = await _named(parts, fields.get("other", ""), "other")
    kind: Any = fields.get("kind", "")
    if kind not in RELATIONS:
        raise Refused(f"kind: choose one of {', '.join(RELATIONS)}", field="kind")
    command = AssertRelation(
        named=(target, other), a=str(target.id), b=str(other.id), kind=kind,
        reason=fields.get("reason", ""),
    )  # fmt: skip
    return await _done(parts, visit, fields, target, command, "related")


RELATIONS = {
    "contradicts": "contradicts",
    "not-comparable": "cannot be compared with",
    "corroborates": "bears out",
    "same-origin": "has the same origin as",
    "same-incident": "is the same incident as",
    "part-of": "is part of",
    "drift": "drifts from",
    "distinct-from": "is distinct from",
    "supersedes": "supersedes",
    "responds-to": "responds to",
}
"""What a fact may be to another, in words."""


def _reason(fields: dict[str, str]) -> Reason:
    code: Any = fields.get("code", "")
    if code not in REASONS:
        raise Refused(f"code: choose one of {', '.join(REASONS)}", field="code")
    return Reason(code=code, text=fields.get("reason", ""))


async def _named(parts: Parts, typed: str, field: str) -> Recorded:
    """The fact of an id, a position, or an address of its page."""
    text = typed.strip().split("?")[0].rstrip("/").rpartition("/")[2]
    if not text:
        raise Refused(f"{field}: give the number or the address of the other fact", field=field)
    found = await parts.event(text)
    require_fact(found, field)
    return found


async def _done(
    parts: Parts, visit: Visit, fields: dict[str, str], target: Recorded, command: Command, how: str
) -> Redirect:
    try:
        await once(parts, visit, fields, command)
    except OtherContent:
        raise
    except Conflict as conflict:
        raise await _conflict(parts, target, conflict) from None
    return Redirect(with_query(f"/events/{target.id}", [("done", how)]), status_code=303)


async def _conflict(parts: Parts, target: Recorded, conflict: Conflict) -> Conflict:
    """The conflict with who did what when, as far as somebody did something to the fact."""
    later = await parts.later(target)
    if not later:
        return conflict
    last = later[-1]
    name = await who(parts, last)
    when = f"{last.recorded_at:%Y-%m-%d at %H:%M} UTC"
    return Conflict(
        f"{name} was first, on {when}, with event {last.position}: {await said(parts, last)};"
        f" reload the page and look at that first. Nothing of yours was written"
    )


PAGE = pages(correct, retract, add_source, relate)

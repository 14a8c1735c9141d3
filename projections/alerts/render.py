"""An alert as JSON and as plain text: what changed, who says so and where to read on.

Everything is taken from the log up to the message's position, so that a second sending has the
same bytes.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from projections.alerts.match import Reason
from projections.alerts.message import Member
from projections.regimes import Cell
from tracker.domain.base import Recorded
from tracker.domain.countries import country_name
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.values import REQUIRES, Citation, Hop, instant_text, regime_words


class Received(msgspec.Struct, frozen=True):
    """A cited document: its newest version at the time, and when its first one was captured."""

    version: DocumentReceived | DocumentRevised
    captured_at: str


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where it is said, word for word, and through whom it came."""

    document: str
    title: str | None
    publisher: str | None
    url: str | None
    quote: str
    chain: str
    attribution: tuple[Hop, ...]
    published_at: str | None
    captured_at: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One reason in full: what it was and becomes, and what that asks of a traveller."""

    reason: Reason
    requires_before: str | None
    requires_after: str | None
    link: str | None
    sentence: str


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """The event that an alert is about."""

    id: str
    type: str
    headline: str
    recorded_at: str
    position: int
    link: str


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One alert; `refers` are the earlier ones that it updates or cancels."""

    id: str
    kind: str
    subject: str
    event: Cause
    changes: tuple[Change, ...]
    sources: tuple[Source, ...]
    refers: tuple[str, ...]
    text: str = ""


def alert(
    member: Member,
    recorded: Recorded,
    documents: Mapping[str, Received],
    names: Mapping[str, str],
    public_url: str,
) -> Alert:
    """One alert of a message; `names` turns party ids into names."""
    event = recorded.event
    headline = event.headline(lambda p: names.get(p, p)) if event else recorded.type
    changes = tuple(_change(r, headline, public_url) for r in member.matched.reasons)
    citations: Sequence[Citation] = getattr(event, "citations", ())
    composed = Alert(
        id=str(member.id),
        kind=_kind(member),
        subject=changes[0].sentence if changes else headline,
        event=Cause(
            id=str(recorded.id),
            type=recorded.type,
            headline=headline,
            recorded_at=instant_text(recorded.recorded_at),
            position=recorded.position,
            link=f"{public_url}/events/{recorded.id}",
        ),
        changes=changes,
        sources=tuple(_source(c, documents.get(c.document)) for c in citations),
        refers=tuple(str(one) for one in member.refers),
    )
    return msgspec.structs.replace(composed, text=text(composed))


def _kind(member: Member) -> str:
    reasons = member.matched.reasons
    return reasons[0].kind if member.kind == "alert" and reasons else member.kind


def text(composed: Alert) -> str:
    """The alert for people, in plain text."""
    blocks = [_lines(change) for change in composed.changes]
    if composed.refers:
        verb = "Cancels" if composed.kind == "cancel" else "Updates"
        blocks.append([f"{verb} what was sent as {', '.join(composed.refers)}."])
    cause = composed.event
    blocks.append([f"Because of: {cause.headline}", f"  {cause.link}"])
    blocks += [_source_lines(source) for source in composed.sources]
    blocks.append([f"Recorded {cause.recorded_at} at position {cause.position} of the log."])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _change(reason: Reason, headline: str, public_url: str) -> Change:
    return Change(
        reason=reason,
        requires_before=REQUIRES[reason.before] if reason.before else None,
        requires_after=REQUIRES[reason.after] if reason.after else None,
        link=_policy_link(reason.key, public_url) if reason.key else None,
        sentence=sentence(reason, headline),
    )


def sentence(reason: Reason, headline: str) -> str:
    """A reason in one line; what is no change of a key is told by its own words or the event's."""
    return _sentence(reason, reason.key) if reason.key else reason.text or headline


def _policy_link(key: Cell, public_url: str) -> str:
    return f"{public_url}/policy/{quote(key.destination)}/{quote(key.nationality)}"


def _sentence(reason: Reason, key: Cell) -> str:
    who = "everybody" if key.nationality == "*" else country_name(key.nationality)
    before, after = _regime(reason.before, reason.max_stay_before), _after(reason)
    when = f" from {reason.on}" if reason.on else ", date not known"
    if reason.kind == "unannounced":
        when = f" on {reason.on}" if reason.on else ""
        state = f"observed {after}{when}, against {before}, and no change was announced"
    elif reason.before is None:
        state = f"{after}{when}"
    else:
        state = f"{before} → {after}{when}"
    sure = "Unconfirmed: " if reason.kind == "draft" else ""
    return f"{sure}{country_name(key.destination)}, for {who}: {state}"


def _after(reason: Reason) -> str:
    return _regime(reason.after, reason.max_stay_after)


def _regime(regime: str | None, stay_days: int | None) -> str:
    said = regime_words(regime or "unknown")
    return f"{said} ({stay_days} days)" if stay_days else said


def _lines(change: Change) -> list[str]:
    reason, key = change.reason, change.reason.key
    if key is None:
        return [change.sentence]
    lines = [change.sentence]
    if reason.via:
        whom = "everybody" if reason.via == "*" else f"the group {reason.via}"
        lines.append(f"  The rule is for {whom}.")
    if (key.passport_type, key.purpose) != ("ordinary", "tourism"):
        lines.append(f"  Passport: {key.passport_type}; purpose: {key.purpose}.")
    lines.append(
        f"  Required: {change.requires_before or 'not compared'} → {change.requires_after}."
    )
    lines.append(f"  {_dates(reason)}")
    if not reason.compared:
        lines.append("  Not compared with what was known before: the view of entry rules halted.")
    return [*lines, f"  {change.link}"]


def _dates(reason: Reason) -> str:
    effective = f"effective {reason.on or 'on a date not known'}"
    if reason.kind == "unannounced":
        return f"Observed {reason.on or 'on a day not known'}."
    if reason.announced_on is None:
        return f"Announcement not known, {effective}."
    notice = {None: "", 1: ", 1 day of notice"}.get(
        reason.days_of_notice, f", {reason.days_of_notice} days of notice"
    )
    return f"Announced {reason.announced_on}, {effective}{notice}."


def _source(citation: Citation, received: Received | None) -> Source:
    version = received.version if received else None
    publisher = version.publisher if version else None
    agents = [hop.agent for hop in citation.attribution]
    if publisher and (not citation.attribution or citation.attribution[0].relation != "published"):
        agents.insert(0, publisher)
    return Source(
        document=citation.document,
        title=version.title if version else None,
        publisher=publisher,
        url=citation.url or (version.url if version else None),
        quote=citation.quote,
        chain=" ← ".join(agents),
        attribution=citation.attribution,
        published_at=version.published_at if version else None,
        captured_at=received.captured_at if received else None,
    )


def _source_lines(source: Source) -> list[str]:
    lines = [f"“{source.quote}”", f"  {source.title or 'A document without a title'}"]
    if source.chain:
        lines.append(f"  {source.chain}")
    if source.url:
        lines.append(f"  {source.url}")
    published = source.published_at or "on a day not known"
    return [*lines, f"  Published {published}, captured {source.captured_at or 'not by us'}."]

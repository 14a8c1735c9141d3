"""The commands that say a fact again rightly, withdraw it, or give it a further source.

    target ─ what events about it say ─→ the fact as it stands ─ patch ─→ replacement
      └─ the condition of the append: nothing new about the target

A door fetches the target by its id and hands it over, as only its id leads to it.
"""

from typing import Any, ClassVar, Self, cast

import msgspec

from tracker.domain.base import (
    Command,
    Given,
    NewEvent,
    Past,
    Query,
    Recorded,
    require,
    tagged,
)
from tracker.domain.catalog import encode, fact_from
from tracker.domain.correction import (
    FactCorrected,
    FactCorroborated,
    FactRetracted,
    Reason,
    ReasonCode,
)
from tracker.domain.errors import Conflict
from tracker.domain.fact import Fact, RecordFact, known_since, located, resolved, settled
from tracker.domain.incident import IncidentMerged
from tracker.domain.standing import Standing, about, standing, tags_of
from tracker.domain.values import Citation, Instant, checked, checked_value, instant_text

# Whose source says nothing new: either it always said so, or the words were never its own.
_SAME_SOURCE: tuple[ReasonCode, ...] = ("duplicate", "other")
_ANY = msgspec.json.Decoder(dict[str, Any])


def patched(fact: Fact, patch: dict[str, Any]) -> Fact:
    """The fact with a JSON Merge Patch (RFC 7396) applied to its fields: null takes one away.

    Raises Refused with the field that is wrong.
    """
    return fact_from(fact.type, _merge(_fields(fact), patch))


def correction(
    target: Recorded,
    past: Past,
    reason: Reason,
    *,
    fact: dict[str, Any] | None = None,
    changes: dict[str, Any] | None = None,
    seen: int | None = None,
) -> "CorrectFact":
    """The command that makes these fields, or those of now with the changes, of the target.

    Raises what `standing` raises, and Refused where neither is given or a field is wrong.
    """
    now = standing(target, past).fact
    require(fact or changes, "fact: give the whole fact, or what changes", "fact")
    base = now if fact is None else checked(fact_from(now.type, fact))
    replacement = patched(base, changes) if changes else base
    return CorrectFact(target=target, replacement=replacement, reason=reason, seen=seen)


class CorrectFact(Command, frozen=True, kw_only=True):
    """Say a fact again: the replacement has all fields of the target's own type.

    `seen` is the position of the last correction that whoever corrects knows of, for the first
    one the target's own; a later one is a Conflict, so that nobody overwrites what they have not
    read.
    """

    needs_texts: ClassVar[bool] = True
    target: Recorded
    replacement: Fact
    reason: Reason
    seen: int | None = None

    def normal(self) -> Self:
        """The replacement and the reason in normal form; the ids that stay are the target's."""
        kept = {
            name: getattr(self.target.event, name, None)
            for name in self.replacement.keeps
            if getattr(self.replacement, name) is None
        }
        fact = checked(msgspec.structs.replace(self.replacement, **kept))
        return msgspec.structs.replace(self, replacement=fact, reason=_normal(self.reason))

    def reads(self, past: Past) -> Query:
        """What is said of the target, and what recording the replacement depends on."""
        return about(self.target) | RecordFact(fact=self.replacement).reads(past)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The correction, after the parties that it names for the first time.

        Raises Refused for a target that is no fact or of another type, and where nothing changes;
        Conflict where the target was retracted, or corrected since it was seen.
        """
        before = standing(self.target, past)
        self._require_seen(before.by)
        self._require_same_kind(before.fact)
        # What became of its incident is no reason against saying rightly what was said of it.
        unmerged = [r for r in past if not isinstance(r.event, IncidentMerged)]
        named, fact = resolved(self.replacement, unmerged, given)
        said_when = self.replacement.known_since not in (None, before.fact.known_since)
        require(
            said_when or _undated(fact) != _undated(before.fact),
            f"fact: says the same as event {before.by.position}",
            "fact",
        )
        if not said_when:
            since = self._since(before, fact.citations, past, given)
            fact = msgspec.structs.replace(fact, known_since=since)
        corrected = FactCorrected(
            target=str(self.target.id),
            target_position=self.target.position,
            fact_type=fact.type,
            fact=_fields(fact),
            reason=self.reason,
            same_tags=tags_of(self.target, past, *fact.tags()),
        )
        return [*named, NewEvent(given.new_id(), corrected)]

    def _require_seen(self, by: Recorded) -> None:
        seen = self.target.position if self.seen is None else self.seen
        if by.position > seen:
            raise Conflict(
                f"seen: event {self.target.position} was corrected by event {by.position}; read"
                " that one, and name it as seen",
                field="seen",
            )

    def _require_same_kind(self, before: Fact) -> None:
        fact = self.replacement
        require(
            type(fact) is type(before),
            f"fact: the target is a {before.type}, and a correction makes no {fact.type} of it",
            "fact",
        )
        for name in fact.keeps:
            kept = getattr(before, name)
            require(getattr(fact, name) == kept, f"{name}: a correction keeps {kept}", name)
        for name in fact.__struct_fields__:
            value = getattr(fact, name)
            own = str(self.target.id)
            itself = own in cast("tuple[Any, ...]", value) if isinstance(value, tuple) else False
            require(not itself and value != own, f"{name}: names the fact itself", name)

    def _since(
        self, before: Standing, citations: tuple[Citation, ...], past: Past, given: Given
    ) -> str | None:
        """From when a reader of the sources could know it so; None for now."""
        if self.reason.code == "transcription":
            return _known_since(before)
        # What was cited before says when the source said the other thing.
        fresh = tuple(c for c in citations if c not in before.fact.citations)
        if not fresh and self.reason.code in _SAME_SOURCE:
            fresh = citations
        return known_since(fresh, past, given)


class RetractFact(Command, frozen=True, kw_only=True):
    """Withdraw a fact; the documents that say so may be cited."""

    needs_texts: ClassVar[bool] = True
    target: Recorded
    reason: Reason
    citations: tuple[Citation, ...] = ()
    known_since: Instant | None = None

    def normal(self) -> Self:
        """The reason, the citations and the time in normal form."""
        return msgspec.structs.replace(
            self,
            reason=_normal(self.reason),
            citations=checked_value(self.citations, None, "citations"),
            known_since=checked_value(self.known_since, "instant", "known_since"),
        )

    def reads(self, past: Past) -> Query:
        """What is said of the target, and the cited documents."""
        return about(self.target) | tagged(*(f"document:{c.document}" for c in self.citations))

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The retraction; Refused for a target that is no fact, Conflict for one retracted."""
        before = standing(self.target, past)
        citations = located(self.citations, past, given)
        since = self.known_since
        if since is None and self.reason.code == "transcription":
            since = _known_since(before)
        retracted = FactRetracted(
            target=str(self.target.id),
            target_position=self.target.position,
            reason=self.reason,
            known_since=since or known_since(citations, past, given),
            citations=citations,
            same_tags=tags_of(self.target, past),
        )
        return [NewEvent(given.new_id(), retracted)]


class CorroborateFact(Command, frozen=True, kw_only=True):
    """Give a fact a further source; `source` has the fields that every fact has.

    An origin that stands behind the fact already may be added again: views count each once.
    """

    needs_texts: ClassVar[bool] = True
    target: Recorded
    source: FactCorroborated

    def normal(self) -> Self:
        """The source in normal form, with the target's id and place."""
        at = {"target": str(self.target.id), "target_position": self.target.position}
        return msgspec.structs.replace(
            self, source=checked(msgspec.structs.replace(self.source, **at))
        )

    def reads(self, past: Past) -> Query:
        """What is said of the target, and the cited documents."""
        return about(self.target) | RecordFact(fact=self.source).reads(past)

    def decide(self, past: Past, given: Given) -> list[NewEvent]:
        """The corroboration; Refused for a target that is no fact, Conflict for one retracted."""
        standing(self.target, past)
        same_tags = tags_of(self.target, past)
        return settled(msgspec.structs.replace(self.source, same_tags=same_tags), past, given)


def _normal(reason: Reason) -> Reason:
    require(reason.text.strip(), "reason.text: say why", "reason.text")
    return checked(msgspec.structs.replace(reason, text=reason.text.strip()), "reason.")


def _known_since(before: Standing) -> str:
    return before.fact.known_since or instant_text(before.by.recorded_at)


def _undated(fact: Fact) -> Fact:
    return msgspec.structs.replace(fact, known_since=None)


def _fields(fact: Fact) -> dict[str, Any]:
    """The fields of a fact as they are written in JSON."""
    return _ANY.decode(encode(fact))


def _merge(fields: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    merged = dict(fields)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            inner = cast("dict[str, Any]", value)
            before = merged.get(name)
            known = cast("dict[str, Any]", before) if isinstance(before, dict) else {}
            merged[name] = _merge(known, inner)
        else:
            merged[name] = value
    return merged

"""One event as a court or a journal may be shown it: what it says, what it rests on, its proof."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tracker.domain.base import Recorded, tagged
from tracker.domain.countries import country_name
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.fact import Fact
from tracker.domain.party import PartyNamed
from tracker.domain.values import Citation, Hop, instant_text, kinds
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader
from tracker.proof.published import LeafProof, leaf_proof
from tracker.proof.signer import Signer
from tracker.proof.tiles import Tiles

CAPTURES = """
select url, captured_at, status from log.capture
where sha256 = %(sha256)s order by captured_at, id limit 20
"""
PAYLOAD = "select salt, payload from log.payload where position = %(position)s"
_MARGIN = 400
_BROKEN_FIRST, _BROKEN_LAST = re.compile(r"^\S{1,30}(?=\s)"), re.compile(r"(?<=\s)\S{1,30}$")
"""What may be half a word where the text was cut."""
_ELSEWHERE = {"citations"}
"""Fields that the page shows in a place of their own."""


class Said(msgspec.Struct, frozen=True):
    """A field of the event in words."""

    label: str
    text: str


class Quoted(msgspec.Struct, frozen=True):
    """A passage amid its text, and from whom the document has it."""

    before: str
    quote: str
    after: str
    cut_before: bool
    """Whether the text goes on before what is shown of it."""
    cut_after: bool
    start: int | None
    end: int | None
    from_text: bool
    """Whether the surroundings were read from the stored text, or only kept with the citation."""
    chain: tuple[Hop, ...]


class Captured(msgspec.Struct, frozen=True):
    """How the bytes of a document came to the log."""

    url: str | None
    at: str
    status: int | None


class Rests(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a document that the event rests on."""

    title: str
    url: str | None
    publisher: str | None
    author: str | None
    published_at: str | None
    published_basis: str | None
    position: int
    recorded_at: str
    raw_sha256: str
    text_sha256: str
    captures: tuple[Captured, ...]
    quotes: tuple[Quoted, ...]


class Exhibit(msgspec.Struct, frozen=True, kw_only=True):
    """All that the page says."""

    headline: str
    recorded: Recorded
    recorded_at: str
    erased_by: int | None
    fields: tuple[Said, ...]
    documents: tuple[Rests, ...]
    proof: LeafProof
    key: str
    salt: str | None
    """Hexadecimal; with the payload it gives the commitment in the entry."""
    payload: str | None
    made: str


class Exhibitor:
    """Gathers what an exhibit shows."""

    def __init__(
        self,
        *,
        database: Database,
        reader: Reader,
        evidence: Evidence,
        tiles: Tiles,
        signer: Signer,
    ) -> None:
        self._database = database
        self._reader = reader
        self._evidence = evidence
        self._tiles = tiles
        self._signer = signer

    async def exhibit(self, recorded: Recorded, now: datetime) -> Exhibit:
        """The exhibit of an event; a checkpoint is signed where none covers it yet."""
        proof = await leaf_proof(recorded.position, self._reader, self._tiles)
        if proof.checkpoint is None:
            await self._signer.checkpoint()
            proof = await leaf_proof(recorded.position, self._reader, self._tiles)
        key = {"position": recorded.position}
        rows = await self._database.fetch(PAYLOAD, key)
        names = await self._names(recorded)
        erasure = (await self._reader.erasures_of([recorded])).get(recorded.id)
        return Exhibit(
            headline=_headline(recorded, names),
            recorded=recorded,
            recorded_at=instant_text(recorded.recorded_at),
            erased_by=erasure and erasure.position,
            fields=tuple(_said(recorded.event, names)) if recorded.event else (),
            documents=tuple(await self._documents(recorded)),
            proof=proof,
            key=self._signer.verifier().text,
            salt=bytes(rows[0][0]).hex() if rows else None,
            payload=bytes(rows[0][1]).decode() if rows else None,
            made=instant_text(now),
        )

    async def _names(self, recorded: Recorded) -> dict[str, str]:
        parties = recorded.event.facets().parties if recorded.event else ()
        query = tagged(*(f"party:{party}" for party in parties))
        found = await self._reader.read_all(query, before=recorded.position) if parties else []
        return {e.party: e.names[0] for r in found if isinstance(e := r.event, PartyNamed)}

    async def _documents(self, recorded: Recorded) -> list[Rests]:
        event = recorded.event
        if isinstance(event, DocumentReceived | DocumentRevised):
            return [await self._rests(recorded, event, ())]
        cited = event.citations if isinstance(event, Fact) else ()
        found: list[Rests] = []
        for document in dict.fromkeys(citation.document for citation in cited):
            here = [citation for citation in cited if citation.document == document]
            versions = await self._reader.read_all(
                tagged(f"document:{document}"), before=recorded.position
            )
            rests = await self._version(here, versions)
            if rests is not None:
                found.append(rests)
        return found

    async def _version(
        self, cited: Sequence[Citation], versions: Sequence[Recorded]
    ) -> Rests | None:
        """The first version of a document whose text has all quotes, else the first there is."""
        known = [
            (one, event)
            for one in versions
            if isinstance(event := one.event, DocumentReceived | DocumentRevised)
        ]
        for one, event in known:
            text = await self._text(event.text_sha256)
            if all(citation.quote in text for citation in cited):
                return await self._rests(one, event, [_quoted(c, text) for c in cited])
        for one, event in known:
            return await self._rests(one, event, [_quoted(c, "") for c in cited])
        return None

    async def _text(self, sha256: str) -> str:
        return (await self._evidence.get(sha256) or b"").decode("utf-8", "replace")

    async def _rests(
        self,
        recorded: Recorded,
        event: DocumentReceived | DocumentRevised,
        quotes: Sequence[Quoted],
    ) -> Rests:
        key = {"sha256": bytes.fromhex(event.raw_sha256)}
        rows = await self._database.fetch(CAPTURES, key)
        return Rests(
            title=event.title or event.url or "Untitled document",
            url=event.url,
            publisher=event.publisher,
            author=event.author,
            published_at=event.published_at,
            published_basis=event.published_basis,
            position=recorded.position,
            recorded_at=instant_text(recorded.recorded_at),
            raw_sha256=event.raw_sha256,
            text_sha256=event.text_sha256,
            captures=tuple(Captured(url, instant_text(at), status) for url, at, status in rows),
            quotes=tuple(quotes),
        )


def _headline(recorded: Recorded, names: Mapping[str, str]) -> str:
    if recorded.event is None:
        return f"{recorded.type.replace('-', ' ').capitalize()} (erased)"
    return recorded.event.headline(lambda party: names.get(party, party))


def _quoted(citation: Citation, text: str) -> Quoted:
    """The quote amid the text, or amid what the citation itself kept of it."""
    start, end = citation.start, citation.end
    if start is None or end is None or text[start:end] != citation.quote:
        before, after, from_text = citation.prefix or "", citation.suffix or "", False
        cut_before, cut_after = bool(before), bool(after)
    else:
        first, last = max(0, start - _MARGIN), min(len(text), end + _MARGIN)
        before, after, from_text = text[first:start], text[end:last], True
        cut_before, cut_after = first > 0, last < len(text)
    return Quoted(
        _BROKEN_FIRST.sub("", before) if cut_before else before,
        citation.quote,
        _BROKEN_LAST.sub("", after) if cut_after else after,
        cut_before, cut_after, start, end, from_text, citation.attribution,
    )  # fmt: skip


def _said(event: msgspec.Struct, names: Mapping[str, str], prefix: str = "") -> list[Said]:
    found: list[Said] = []
    for name, kind in kinds(type(event)).items():
        value = getattr(event, name)
        if name in _ELSEWHERE or value is None or value == () or value == {}:
            continue
        label = f"{prefix}{name.replace('_', ' ')}"
        if isinstance(value, msgspec.Struct):
            found += _said(value, names, f"{label}: ")
        else:
            found.append(Said(label, _text_of(value, kind, names)))
    return found


def _text_of(value: Any, kind: str | None, names: Mapping[str, str]) -> str:
    match value:
        case tuple():
            several: tuple[Any, ...] = value  # pyright: ignore[reportUnknownVariableType]
            return ", ".join(_text_of(one, kind, names) for one in several)
        case bool():
            return "yes" if value else "no"
        case str() if kind in ("country", "jurisdiction"):
            return f"{country_name(value)} ({value})"
        case str() if kind == "nationality":
            return {"*": "everybody"}.get(value) or f"{country_name(value)} ({value})"
        case str() if kind == "instant":
            return moment(value)
        case str() if kind == "party":
            return f"{names[value]} ({value})" if value in names else value
        case str() | int():
            return str(value)
        case _:
            return msgspec.json.encode(value, order="sorted").decode()


def moment(text: str) -> str:
    """A time as people write it, to the last digit that is not zero; a bare day stays one."""
    if "T" not in text:
        return text
    day, clock = text.removesuffix("Z").split("T")
    return f"{day} {clock.rstrip('0').rstrip('.') if '.' in clock else clock} UTC"

"""What an erasure would take, what rests on it and stays, and the command that says so."""

import html
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

import msgspec

from projections.entries import headline
from projections.questions import Questions
from projections.views.documents import Document
from tracker.clock import Clock
from tracker.domain.base import Actor, Item, Query, Recorded, tagged
from tracker.domain.catalog import EVENTS
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.draft import DraftAccepted
from tracker.domain.erasing import ErasePayload
from tracker.domain.erasure import ErasedBy, PayloadErased, erased_by
from tracker.domain.fact import Fact
from tracker.domain.ids import timed
from tracker.domain.party import PartyNamed
from tracker.execute import Executor
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

_AT_ONCE = 50
_MOST_RESTING = 1000
_Version = DocumentReceived | DocumentRevised
_CITING = [e.type for e in EVENTS if issubclass(e, Fact | FactCorrected | FactRetracted)]


class Line(msgspec.Struct, frozen=True):
    """One event in a sentence; `why` says what it has to do with the erasure."""

    event: str
    position: int
    type: str
    headline: str
    why: str = ""


class Piece(msgspec.Struct, frozen=True):
    """Some evidence; no size where it is not kept."""

    sha256: str
    size_bytes: int | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What goes, and what rests on it and stays; nothing goes that is erased already."""

    root: str
    events: tuple[Line, ...]
    evidence: tuple[Piece, ...]
    documents: tuple[str, ...]
    stays: tuple[Line, ...]
    erased_by: ErasedBy | None = None
    """The erasure that took the event itself, where that was done before."""


class Planner:
    """Reads what an erasure needs to know."""

    def __init__(
        self,
        executor: Executor,
        reader: Reader,
        evidence: Evidence,
        questions: Questions,
        clock: Clock,
        *,
        entropy: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._executor = executor
        self._reader = reader
        self._evidence = evidence
        self._questions = questions
        self._clock = clock
        self._entropy = entropy

    async def command(self, root: UUID, legal_basis: str, *, keep_evidence: bool) -> ErasePayload:
        """The command, with the events that only their ids lead to."""
        command = ErasePayload(
            root=str(root),
            legal_basis=legal_basis,
            id=str(timed(self._clock(), self._entropy(10))),
            keep_evidence=keep_evidence,
        )
        named: dict[UUID, Recorded] = {}
        past: list[Recorded] = []
        wanted, asked = {root}, set[UUID]()
        while wanted:
            asked |= wanted
            named.update((r.id, r) for r in await self._reader.by_ids(list(wanted)))
            command = msgspec.structs.replace(command, named=tuple(named.values()))
            past = await self._reader.read_all(
                command.reads(past), before=await self._reader.head()
            )
            wanted = {i for r in (*named.values(), *past) for i in _leads_to(r)} - asked
        if keep_evidence:
            return command
        versions = [r.event for r in past if isinstance(r.event, _Version)]
        holding = await self._holding([v for v in versions if v.feed])
        return msgspec.structs.replace(command, holding=tuple(holding))

    async def _holding(self, versions: Sequence[_Version]) -> list[str]:
        """Responses of the same feeds, whatever document they were kept for, that hold an item."""
        if not versions:
            return []
        marks = [m for v in versions for m in (v.guid, v.url) if m]
        own = {v.raw_sha256 for v in versions}
        query = tagged(*(f"feed:{v.feed}" for v in versions))
        brought = await self._reader.read_all(query, before=await self._reader.head())
        # The page of another item may link to this one, but it is no response of the feed.
        others = {
            r.event.raw_sha256
            for r in brought
            if isinstance(r.event, _Version) and r.event.page is None
        }
        others |= set(await self._evidence.of_same_address(own))
        found: list[str] = []
        searched = sorted(others - own)
        for low in range(0, len(searched), _AT_ONCE):
            kept = await self._evidence.get_many(searched[low : low + _AT_ONCE])
            found += [sha256 for sha256, data in kept.items() if holds(data, marks)]
        return found

    async def plan(self, command: ErasePayload, actor: Actor) -> Plan:
        """What the command would take now; raises what it raises."""
        events = await self._executor.preview(command, actor)
        erased = [new.event for new in events if isinstance(new.event, PayloadErased)]
        hashes = [sha256 for event in erased for sha256 in event.evidence]
        documents = tuple(d for event in erased for d in event.documents)
        targets = await self._reader.by_ids([UUID(t) for e in erased for t in e.targets])
        sizes = await self._evidence.sizes(hashes)
        root = [r for r in command.named if str(r.id) == command.root]
        before = await self._reader.erasures_of(root)
        return Plan(
            root=command.root,
            events=await self._lines(targets),
            evidence=tuple(Piece(sha256, sizes.get(sha256)) for sha256 in hashes),
            documents=documents,
            stays=tuple(await self._stays(targets, hashes, documents)),
            erased_by=erased_by(before.get(root[0].id)) if root else None,
        )

    async def _lines(self, events: Sequence[Recorded], why: str = "") -> tuple[Line, ...]:
        parties = [p for r in events if r.event for p in r.event.facets().parties]
        names = await self._questions.names(parties)
        return tuple(
            Line(str(r.id), r.position, r.type, headline(r, names), why)
            for r in sorted(events, key=lambda r: r.position)
        )

    async def _stays(
        self, targets: Sequence[Recorded], hashes: Sequence[str], documents: Sequence[str]
    ) -> list[Line]:
        """Facts that cite the same documents, documents of the same bytes, names of parties."""
        gone = {str(r.id) for r in targets}
        stays: list[Line] = []
        if documents:
            entries = await self._questions.timeline(
                documents=documents,
                types=_CITING,
                limit=_MOST_RESTING,
            )
            facts = [e.recorded for e in entries if e.row.event not in gone]
            stays += await self._lines(facts, "cites the same document; its quotes stay")
            stays += await self._sharing(hashes, documents)
        parties = {p for r in targets if r.event for p in r.event.facets().parties}
        query = Query(tuple(Item((f"party:{p}",), (PartyNamed.type,)) for p in sorted(parties)))
        named = await self._reader.read_all(query, before=await self._reader.head())
        kept = [r for r in named if str(r.id) not in gone and r.event]
        stays += await self._lines(kept, "names a party of it; erase it by its own id")
        return stays

    async def _sharing(self, hashes: Sequence[str], documents: Sequence[str]) -> list[Line]:
        views = self._questions.views
        rows: dict[str, Document] = {}
        for column in ("raw_sha256", "text_sha256"):
            found = await views.select(Document, within={column: hashes}, limit=_MOST_RESTING)
            rows.update((row.document, row) for row in found if row.document not in documents)
        return [
            Line(r.document, r.position, "document", r.title or r.url or "untitled",
                 "came in the same bytes, which go")
            for r in rows.values()
        ]  # fmt: skip


def holds(data: bytes, marks: Iterable[str]) -> bool:
    """Whether bytes of a feed hold an item by its guid or address; without either they may."""
    known = tuple(marks)
    text = html.unescape(data.decode("utf-8", "replace")).replace("\\/", "/")
    return not known or any(re.search(rf"{re.escape(mark)}(?![\w/%-])", text) for mark in known)


def _leads_to(recorded: Recorded) -> list[UUID]:
    """Events that belong to this one and that no tag leads to."""
    found = [recorded.causation_id] if recorded.causation_id else []
    if isinstance(recorded.event, DraftAccepted):
        found.append(UUID(recorded.event.fact))
    return found

"""A bundle of a real log is whole, and what is missing from it is on record."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.place import Place
from tests.tracker.log.events import ANALYST
from tests.tracker.proof.bundles import BEGIN, members
from tests.tracker.proof.desk import Desk
from tracker.clock import system_clock
from tracker.domain.base import EVERYTHING, Event, NewEvent
from tracker.domain.document import DocumentReceived, DocumentRevised
from tracker.domain.errors import Disproved, Refused
from tracker.domain.party import PartyNamed
from tracker.domain.policy import EntryRule, PolicyObserved
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation, Hop
from tracker.execute import Executor
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.evidence import Capture, Evidence
from tracker.proof.archived import export_warc
from tracker.proof.bundle import Manifest
from tracker.proof.exhibit import Exhibitor
from tracker.proof.export import Exporter, Wanted
from tracker.proof.note import VerifierKey, note_text
from tracker.proof.page import page
from tracker.proof.records import read_warc
from tracker.proof.verify import verify

RAW, TEXT = b"<p>Entry is suspended.</p>", "Entry is suspended."


class Office(Desk):
    """A signed log from which bundles are made."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder / "signer")
        self.folder = folder
        self.evidence = Evidence(database)
        self.executor = Executor(self.reader, Appender(database), self.evidence, system_clock)

    async def receive(self, raw: bytes = RAW, text: str = TEXT) -> DocumentReceived:
        """Put a document on record that was fetched twice."""
        for minutes, url in enumerate(("https://example.org/", "https://example.org/amp")):
            seen = BEGIN + timedelta(minutes=minutes)
            await self.evidence.keep(raw, Capture(url=url, captured_at=seen, status=200))
        document = DocumentReceived(
            document=str(uuid4()),
            raw_sha256=await self.evidence.keep(raw),
            text_sha256=await self.evidence.keep(text.encode()),
            url="https://example.org/",
            title="<script>alert(1)</script>",
        )
        await self.append(document)
        return document

    async def append(self, *events: Event) -> None:
        """Append some events."""
        new = [NewEvent(uuid4(), event) for event in events]
        await Appender(self.database).append(new, ANALYST, uuid4())

    async def bundle(self, wanted: Wanted | None = None, name: str = "bundle.zip") -> Path:
        """Make a bundle."""
        exporter = Exporter(
            database=self.database, reader=self.reader, executor=self.executor,
            signer=self.signer(), clock=system_clock,
        )  # fmt: skip
        path = self.folder / name
        await exporter.export(path, wanted or Wanted(), ANALYST)
        return path

    def key(self) -> VerifierKey:
        """The key that an auditor is given."""
        return self.signer().verifier()

    async def exhibit(self, position: int) -> str:
        """The page of an event."""
        exhibitor = Exhibitor(
            database=self.database, reader=self.reader, evidence=self.evidence,
            tiles=self.tiles, signer=self.signer(),
        )  # fmt: skip
        (recorded,) = await self.reader.read(EVERYTHING, after=position - 1, before=position)
        return page(await exhibitor.exhibit(recorded, BEGIN))


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    return Office(database, tmp_path)


async def test_a_bundle_holds_the_log_with_its_evidence_and_checkpoints(office: Office) -> None:
    await office.receive()
    await office.record(300)
    older = await office.signer().checkpoint()
    await office.record(300)

    path = await office.bundle()

    proved = verify(path, office.key(), [("older", older)])
    assert proved.events == proved.payloads == 1 + 300 + 1 + 300 + 1
    assert (proved.evidence, proved.checkpoints) == (2, 2)
    assert {"tile/0/000", "tile/1/000.p/2", "checkpoints/301"} <= set(members(path))


async def test_documents_with_the_same_bytes_share_their_evidence(office: Office) -> None:
    await office.receive()
    await office.receive()
    await office.receive(b"<p>Other</p>")

    assert verify(await office.bundle(), office.key()).evidence == 3


async def test_a_teaser_beside_the_text_of_its_page_is_evidence_too(
    office: Office, place: Place
) -> None:
    known = await office.receive()
    teaser = await office.evidence.keep(b"Entry is \xe2\x80\xa6")
    fields = {n: getattr(known, n) for n in ("document", "raw_sha256", "text_sha256")}
    await office.append(DocumentRevised(diff="article", teaser_sha256=teaser, **fields))
    assert verify(await office.bundle(), office.key()).evidence == 3

    async with place.open("tracker_erase") as eraser:
        await eraser.run("delete from log.evidence where sha256 = %s", (bytes.fromhex(teaser),))
    path = await office.bundle(name="lost.zip")
    with pytest.raises(Disproved, match=f"position 2: its evidence {teaser}"):
        verify(path, office.key())


async def test_evidence_that_is_lost_is_missed(office: Office, place: Place) -> None:
    document = await office.receive()
    async with place.open("tracker_erase") as eraser:
        sha256 = bytes.fromhex(document.text_sha256)
        await eraser.run("delete from log.evidence where sha256 = %s", (sha256,))
    path = await office.bundle()

    with pytest.raises(Disproved, match=f"position 1: its evidence {document.text_sha256}"):
        verify(path, office.key())


async def test_a_payload_that_is_lost_is_missed(office: Office, place: Place) -> None:
    await office.record(3)
    async with place.open("tracker_erase") as eraser:
        await eraser.run("delete from log.payload where position = 2")

    with pytest.raises(Disproved, match="position 2: the payload is missing"):
        verify(await office.bundle(), office.key())


async def test_large_payloads_go_in_and_out_a_piece_at_a_time(office: Office) -> None:
    for _ in range(4):
        names = tuple(f"{uuid4()}" * 1000 for _ in range(150))
        await office.append(PartyNamed(party=str(uuid4()), kind="person", names=names))

    path = await office.bundle()

    assert max(len(data) for data in members(path).values()) > 16_000_000
    assert verify(path, office.key()).payloads == 5


async def test_an_export_that_is_refused_is_not_on_record(office: Office) -> None:
    await office.record(2)
    (office.folder / "bundle.zip").write_bytes(b"mine")
    with pytest.raises(Refused, match="is there already"):
        await office.bundle()
    with pytest.raises(Refused, match="until: the log has the positions 1 to 2"):
        await office.bundle(Wanted(until=3), "other.zip")
    with pytest.raises(Refused, match="tag: is empty"):
        await office.bundle(Wanted(tags=("",)), "other.zip")

    assert await office.reader.head() == 2
    assert sorted(p.name for p in office.folder.iterdir()) == ["bundle.zip"]


async def test_the_signer_vouches_for_no_checkpoint(office: Office) -> None:
    await office.record(1)
    note = await office.signer().checkpoint()
    with pytest.raises(Refused, match="signed as one"):
        office.signer().vouch(note_text(note))
    path = await office.bundle()
    assert Manifest.parse(note_text(members(path)["manifest"].decode())).events == 3


async def test_all_evidence_goes_into_one_archive(office: Office) -> None:
    document = await office.receive()
    other = await office.evidence.keep(b"nobody names this")
    path = office.folder / "evidence.warc.gz"

    count = await export_warc(path, office.database, office.executor, ANALYST, system_clock)

    with path.open("rb") as file:
        kept = {one.sha256 for one in read_warc(file)}
    assert count == 3
    assert kept == {document.raw_sha256, document.text_sha256, other}
    assert [recorded.type for recorded in await office.everything()][-1] == "audit-read"


async def test_an_exhibit_of_a_document_shows_its_captures(office: Office) -> None:
    document = await office.receive()

    shown = await office.exhibit(1)

    assert document.raw_sha256 in shown
    assert "https://example.org/amp" in shown
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


async def test_an_exhibit_of_an_erased_event_says_so(office: Office, place: Place) -> None:
    await office.record(1)
    async with place.open("tracker_erase") as eraser:
        await eraser.run("delete from log.payload where position = 1")

    shown = await office.exhibit(1)

    assert "Party named (erased)" in shown
    assert "What this event said was erased" in shown
    assert "Salt" not in shown


async def test_an_exhibit_is_written_for_people(office: Office) -> None:
    """With names and plain times, and dots only where the text goes on."""
    document = await office.receive()
    hop = Hop("Foreign Office", "published", "stated")
    words = ("is", TEXT)
    await office.append(
        PolicyObserved(
            policy=str(uuid4()),
            jurisdiction="EC",
            kind="entry",
            observed_on="2024-06-18",
            known_since="2024-06-18T15:50:00.000000Z",
            rule=EntryRule(nationalities=("CN", "*"), regime="visa-free"),
            citations=tuple(
                Citation(
                    document=document.document,
                    quote=quote,
                    start=TEXT.index(quote),
                    end=TEXT.index(quote) + len(quote),
                    attribution=(hop,),
                )
                for quote in words
            ),
        )
    )

    shown = await office.exhibit(2)

    assert "<blockquote>Entry <mark>is</mark> suspended.</blockquote>" in shown
    assert f"<blockquote><mark>{TEXT}</mark></blockquote>" in shown
    assert "<li>published by Foreign Office (stated)</li>" in shown
    assert "China (CN), everybody" in shown
    assert "2024-06-18 15:50:00 UTC" in shown


async def test_an_exhibit_of_a_long_text_is_cut_between_words(office: Office) -> None:
    document = await office.receive(text=f"{'before ' * 90}here{' after' * 90}")
    here = Citation(document=document.document, quote="here", start=630, end=634)
    await office.append(
        StatementMade(speaker=str(uuid4()), text="here", verbatim="verbatim", citations=(here,))
    )

    shown = await office.exhibit(2)

    assert "<blockquote>… before before" in shown
    assert " after after …</blockquote>" in shown

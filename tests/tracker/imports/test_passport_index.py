"""Snapshots of the dataset: cells become observations that somebody could have recorded."""

import csv
import gzip
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.place import Place
from tests.tracker.log.events import ANALYST
from tracker.clock import system_clock
from tracker.domain.base import EVERYTHING, tagged
from tracker.domain.document import DocumentReceived
from tracker.domain.errors import OtherContent, Refused
from tracker.domain.fact import RecordFact
from tracker.domain.policy import EntryRule, PolicyObserved
from tracker.domain.values import Citation
from tracker.execute import Executor
from tracker.imports.importer import Importer
from tracker.imports.passport_index import Rule, cells
from tracker.imports.snapshots import LARGEST_BYTES, Given, Snapshots
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

CSV = (Path(__file__).parents[2] / "data/passport-index.csv").read_bytes()
HEADER = "Passport,Destination,Requirement\n"
REAL = Path(__file__).parents[4] / "shared/data/passport-index/2022-10-05.csv.gz"


def a_day(data: bytes, observed_on: str = "2024-06-10", url: str | None = None) -> Given:
    return Given(data=data, observed_on=observed_on, url=url)


@pytest.fixture
async def snapshots(place: Place, database: Database) -> AsyncIterator[Snapshots]:
    reader = Reader(database)
    own = Database(place.url("tracker_import"), "tracker_import", most=1)
    importer = Importer(own, reader, system_clock, chunk_events=4)
    async with importer.opened():
        yield Snapshots(importer, reader, Evidence(database), system_clock)


async def observed(database: Database, after: int = 0) -> list[PolicyObserved]:
    query = tagged("type:policy-observed")
    read = await Reader(database).read(query, after=after)
    return [r.event for r in read if isinstance(r.event, PolicyObserved)]


def test_each_word_of_the_dataset_has_its_regime() -> None:
    found = {(c.passport, c.destination): c.rule for c in cells(CSV.decode())}

    assert found == {
        ("CN", "EC"): Rule("visa-free", 90),
        ("CN", "VN"): Rule("e-visa"),
        ("CN", "GB"): Rule("visa-required"),
        ("EC", "CN"): Rule("visa-required"),
        ("EC", "VN"): Rule("visa-on-arrival"),
        ("EC", "GB"): Rule("eta"),
        ("GB", "CN"): Rule("entry-ban"),
        ("GB", "EC"): Rule("visa-free"),
        ("GB", "VN"): Rule("entry-ban"),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: the header Passport,Destination,Requirement is needed"),
        ("a,b,c\n", "line 1: the header"),
        (f"{HEADER}CN,EC,90\nCN,VN,maybe\n", "line 3: Requirement: 'maybe' is neither"),
        (f"{HEADER}CN,EC,-1\n", "line 2: Requirement: '-1' is neither"),
        (f"{HEADER}CN,EC,0\n", "line 2: Requirement: '0' is neither"),
        (f"{HEADER}CN,EC,٣\n", "line 2: Requirement: '٣' is neither"),
        (f"{HEADER}CN,Ecuador,90\n", "line 2: Destination: 'Ecuador' is not a country code"),
        (f"{HEADER}cn,EC,90\n", "line 2: Passport: 'cn' is not a country code"),
        (f"{HEADER}CN,EC\n", "line 2: has 2 fields where 3 are needed"),
        (f"{HEADER}CN,EC,90\nCN,EC,30\n", "line 3: CN → EC stands in an earlier line too"),
    ],
)
async def test_a_malformed_snapshot_is_refused_before_anything_is_kept(
    snapshots: Snapshots, database: Database, text: str, sentence: str
) -> None:
    with pytest.raises(Refused) as refused:
        await snapshots.bring_in(a_day(text.encode()), ANALYST)

    assert refused.value.message.startswith(sentence)
    assert await Reader(database).head() == 0
    assert await database.fetch("select from log.evidence") == []


async def test_an_observation_is_what_somebody_would_have_recorded(
    snapshots: Snapshots, database: Database
) -> None:
    await snapshots.bring_in(a_day(CSV, url="https://example.org/tidy.csv"), ANALYST)
    imported = (await observed(database))[0]
    document = imported.citations[0].document
    reader, appender = Reader(database), Appender(database)
    executor = Executor(reader, appender, Evidence(database), system_clock)

    by_hand = PolicyObserved(
        jurisdiction="EC",
        kind="entry",
        policy=imported.policy,
        observed_on="2024-06-10",
        rule=EntryRule(nationalities=("CN",), regime="visa-free", max_stay_days=90),
        citations=(Citation(document=document, quote="CN,EC,90"),),
    )
    done = await executor.execute(RecordFact(fact=by_hand), ANALYST)

    assert done.events[-1].event == imported


async def test_the_file_is_kept_as_evidence_and_every_citation_points_into_its_text(
    snapshots: Snapshots, database: Database
) -> None:
    packed = gzip.compress(CSV)
    await snapshots.bring_in(a_day(packed), ANALYST)

    received = (await Reader(database).read(EVERYTHING))[0].event
    assert isinstance(received, DocumentReceived)
    kept = Evidence(database)
    assert await kept.get(received.raw_sha256) == packed
    text = (await kept.get(received.text_sha256) or b"").decode()
    assert text.encode() == CSV
    for event in await observed(database):
        (citation,) = event.citations
        assert event.rule
        assert text[citation.start : citation.end] == citation.quote
        assert citation.quote.startswith(f"{event.rule.nationalities[0]},{event.jurisdiction},")


async def test_a_later_snapshot_adds_what_changed_and_the_same_again_nothing(
    snapshots: Snapshots, database: Database
) -> None:
    first = await snapshots.bring_in(a_day(CSV), ANALYST)
    later = CSV.replace(b"CN,EC,90", b"CN,EC,30").replace(b"EC,GB,eta", b"EC,GB,visa free")

    second = await snapshots.bring_in(a_day(later, "2024-07-02"), ANALYST)
    again = await snapshots.bring_in(a_day(later, "2024-07-02"), ANALYST)
    third = await snapshots.bring_in(a_day(CSV, "2024-08-03"), ANALYST)

    assert [t.appended for t in (first, second, again, third)] == [10, 3, 0, 3]
    assert again.repeated == 3
    changed = await observed(database, after=first.position)
    assert [(e.observed_on, e.jurisdiction, e.rule and e.rule.regime) for e in changed] == [
        ("2024-07-02", "EC", "visa-free"),
        ("2024-07-02", "GB", "visa-free"),
        ("2024-08-03", "EC", "visa-free"),
        ("2024-08-03", "GB", "eta"),
    ]
    assert len({e.policy for e in await observed(database)}) == 9


async def test_an_older_snapshot_is_refused_and_so_is_another_file_of_the_same_day(
    snapshots: Snapshots, database: Database
) -> None:
    await snapshots.bring_in(a_day(CSV), ANALYST)
    head = await Reader(database).head()

    with pytest.raises(Refused, match="a snapshot of 2024-06-10 is in the log already"):
        await snapshots.bring_in(a_day(CSV, "2024-06-09"), ANALYST)
    with pytest.raises(OtherContent, match="the document: id: "):
        await snapshots.bring_in(a_day(CSV + b"VN,EC,90\n"), ANALYST)
    assert await Reader(database).head() == head


async def test_what_others_observed_is_not_taken_for_the_datasets_word(
    snapshots: Snapshots, database: Database, place: Place
) -> None:
    executor = Executor(Reader(database), Appender(database), Evidence(database), system_clock)
    other = PolicyObserved(
        jurisdiction="EC",
        kind="entry",
        observed_on="2024-06-20",
        rule=EntryRule(nationalities=("CN",), regime="visa-free", max_stay_days=90),
        first_hand="asked at the border",
    )
    await executor.execute(RecordFact(fact=other), ANALYST)

    tally = await snapshots.bring_in(a_day(CSV), ANALYST)

    assert tally.appended == 10


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (a_day(CSV, "June"), "observed-on: 'June' is not a day"),
        (a_day(CSV, "9999-01-01"), "observed-on: 9999-01-01 is yet to come"),
        (a_day(gzip.compress(CSV)[:-12]), "the file is no gzip: it ends too early"),
        (a_day(b"\x1f\x8bnonsense"), "the file is no gzip"),
        (a_day(b"\xff\xfe"), "the file is no text in UTF-8"),
        (a_day(gzip.compress(bytes(LARGEST_BYTES + 1))), "the file has more than"),
    ],
    ids=lambda v: str(v)[:20],
)
async def test_a_file_that_cannot_be_a_snapshot_is_refused_in_one_sentence(
    snapshots: Snapshots, given: Given, sentence: str
) -> None:
    with pytest.raises(Refused, match=f"^{sentence}"):
        await snapshots.bring_in(given, ANALYST)


@pytest.mark.skipif(not REAL.exists(), reason="the real dataset is not here")
def test_the_real_dataset_has_a_rule_for_every_pair_of_its_countries() -> None:
    text = gzip.decompress(REAL.read_bytes()).decode()

    found = list(cells(text))

    assert len(found) == 199 * 198
    rows = list(csv.reader(io.StringIO(text)))
    assert [(c.passport, c.destination) for c in found] == [
        (passport, destination) for passport, destination, _ in rows[1:] if passport != destination
    ]

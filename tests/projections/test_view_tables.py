"""Every view kept in real tables gives back what a fold in memory gives."""

from typing import Any

import msgspec

from projections import VIEWS, layout, tables
from projections.batch import fold_into
from projections.view import Row
from tests.place import Place as Database
from tests.projections.folding import (
    change,
    cited,
    event_id,
    fold_all,
    observation,
    recorded,
    rejection,
)
from tracker.domain.base import Event, Recorded
from tracker.domain.claim import ClaimMade, Leg
from tracker.domain.correction import (
    FactCorrected,
    FactCorroborated,
    FactRetracted,
    Reason,
)
from tracker.domain.document import DocumentReceived, DocumentRevised, GoneQuote
from tracker.domain.draft import DraftAccepted, DraftProposed, Span
from tracker.domain.feed import FeedAdded, FeedPaused
from tracker.domain.incident import (
    Count,
    IncidentDisputed,
    IncidentMerged,
    IncidentReported,
    IncidentUpdated,
    Place,
)
from tracker.domain.party import PartyMerged, PartyNamed
from tracker.domain.position import PositionAnnounced
from tracker.domain.relation import RelationAsserted, RelationResolved
from tracker.domain.statement import StatementMade
from tracker.domain.statistic import StatisticPublished
from tracker.domain.subscription import Filter, SubscriptionClosed, SubscriptionOpened

DOCUMENT: dict[str, Any] = {
    "document": event_id(50),
    "raw_sha256": "0" * 64,
    "text_sha256": "1" * 64,
    "published_at": "2024-06-19T15:53:19.000000Z",
}
FIGURE = StatisticPublished(
    metric="border-entries", comparator="~", value="50000", period="2023", citations=(cited("AP"),)
)
LOG: tuple[Event | None, ...] = (
    FeedAdded(feed=event_id(60), url="https://example.org/feed", interval_s=900),
    FeedPaused(feed=event_id(60), reason="too slow"),
    DocumentReceived(**DOCUMENT),
    DocumentRevised(**DOCUMENT, diff="date-only"),
    DraftProposed(
        draft=event_id(70), document=event_id(50), fact_type="policy-changed",
        fact={"jurisdiction": "EC", "rule": {"nationalities": ["CN"]}}, extractor="suspensions",
        extractor_version=1, rule="one", confidence="0.8", spans=(Span("rule", 0, 5),),
    ),
    change("visa-free", "0001-01-01", "CN", "EU", "*", effective_to="9999-12-31"),
    DraftAccepted(draft=event_id(70), document=event_id(50), fact=event_id(6)),
    None,
    change("eta", "2024-07", replaces=(event_id(6),), announced_on="2024-06", limits={
        "max_stay_days": 90, "category": "officials"
    }),
    observation("visa-free", "2024-05-20", known_since="2024-05-20"),
    rejection(10),
    PartyNamed(party=event_id(80), kind="person", names=("Lin Jian",), country="CN"),
    PartyNamed(party=event_id(80), kind="person", names=("林剑",)),
    StatementMade(
        speaker=event_id(80), text="No comment.", verbatim="verbatim", said_on="2024-06-18",
        about=(event_id(9),), citations=(cited("RFA"),),
    ),
    FIGURE,
    StatisticPublished(
        metric="border-entries", comparator="=", value="51000.5", revises=event_id(15)
    ),
    SubscriptionOpened(
        subscription=event_id(90), owner="ana", channel=event_id(91),
        filter=Filter(destinations=("EC",)), options=("include-past",),
    ),
    SubscriptionClosed(subscription=event_id(90)),
    PartyNamed(party=event_id(81), kind="group", names=("Ábrego",), external_ids={"ftm": "x"}),
    PartyMerged(party=event_id(81), into=event_id(80), reason="one man"),
    PositionAnnounced(person=event_id(80), office="President", start="2024-07", end="2029"),
    ClaimMade(
        kind="route", text="By Istanbul.", citations=(cited("AP"), cited()),
        legs=(Leg(from_country="CN", to_place="Necoclí", by="air"),),
    ),
    *(
        IncidentReported(
            incident=event_id(i), incident_type="extortion", occurred="2024-05~", pattern=True,
            place=Place(name="Darién", country="PA", lat="8.5"), actors=(event_id(81),),
            killed=Count(low=1, high=3), citations=(cited("AP"),),
        )
        for i in (95, 96)
    ),
    IncidentUpdated(incident=event_id(95), injured=Count(best=0)),
    IncidentDisputed(incident=event_id(95), text="None.", by=event_id(80)),
    IncidentMerged(incident=event_id(96), into=event_id(95), reason="one raid"),
    FIGURE,
    StatisticPublished(
        metric="border-entries", comparator="=", value="66000", period="2023-01/2024-06~"
    ),
    FactCorroborated(target=event_id(28), citations=(cited("Infobae", document=901),)),
    FactCorrected(
        target=event_id(28), target_position=28, fact_type=FIGURE.type,
        fact=msgspec.to_builtins(FIGURE), reason=Reason("transcription", "a digit"),
    ),
    RelationAsserted(a=event_id(28), b=event_id(14), kind="drift", reason="another predicate"),
    RelationResolved(a=event_id(14), b=event_id(28), kind="drift", reason="explained"),
    change("visa-required", "2024-09-01", "*"),
    observation("e-visa", "2024-10-01"),
    FactRetracted(
        target=event_id(16), target_position=16, reason=Reason("source-withdrew", "misheard")
    ),
    *(
        DocumentReceived(
            document=event_id(i), raw_sha256="a" * 64, text_sha256="b" * 64, feed=event_id(i),
            signature="0f" * 64,
        )
        for i in (51, 52)
    ),
    DocumentRevised(
        document=event_id(51), raw_sha256="c" * 64, text_sha256="d" * 64, diff="article",
        page="https://example.org/51", teaser_sha256="b" * 64, signature="1f" * 64,
        gone=(GoneQuote(event_id(14), 0), GoneQuote(event_id(14), 1)),
    ),
)  # fmt: skip


def sorted_rows(rows: list[Any]) -> list[Any]:
    """Rows by their keys."""
    return sorted(rows, key=lambda r: [getattr(r, name) for name in r.key])


def stored(row: Row) -> Any:
    """The row with plain lists where json has no tuples."""
    return msgspec.json.decode(msgspec.json.encode(row))


async def test_rows_survive_their_tables_in_one_batch_and_event_by_event(place: Database) -> None:
    events = [recorded(i, event) for i, event in enumerate(LOG, 1)]
    batches: list[list[Recorded]] = [events, *([e] for e in events)]
    async with place.open("tracker_view") as database, database.transaction() as connection:
        for view in VIEWS:
            expected = fold_all(view, events)
            for suffix, parts in (("", batches[:1]), ("_next", batches[1:])):
                for row in view.rows:
                    await layout.create(connection, row, suffix)
                for part in parts:
                    await fold_into(connection, view, part, suffix)
                for row in view.rows:
                    keys = list({getattr(r, row.key[0]) for r in expected.of(row)})
                    found = await tables.fetch(connection, row, row.key[:1], keys, suffix)
                    assert found, f"nothing in {row.table}"
                    assert [stored(r) for r in sorted_rows(found)] == [
                        stored(r) for r in sorted_rows(expected.of(row))
                    ]


def test_no_index_is_one_that_the_key_begins_with() -> None:
    needless = {
        row.table: names
        for view in VIEWS
        for row in view.rows
        for names in row.indexes
        if names == row.key[: len(names)]
    }

    assert needless == {}

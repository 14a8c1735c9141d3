"""An import checks what a command checks, writes chunk by chunk and can be run again."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from tests.place import Place
from tests.tracker.log.events import ANALYST
from tracker.clock import system_clock
from tracker.domain.base import EVERYTHING, NewEvent
from tracker.domain.errors import NotFound, OtherContent, Refused, TrackerError
from tracker.domain.policy import PolicyChanged
from tracker.imports.entry import Entry
from tracker.imports.importer import Importer, Tally
from tracker.imports.lines import entries
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.read import Reader

PARTY = "01a1ffcc-4f46-7c5c-9b71-000000000001"
DOCUMENT = "01a1ffcc-4f46-7c5c-9b71-000000000002"
FIRST = "01a1ffcc-4f46-7c5c-9b71-000000000003"
NAMED = {"party": PARTY, "kind": "person", "names": ["Lin Jian"]}
RECEIVED = {"document": DOCUMENT, "raw_sha256": "a" * 64, "text_sha256": "b" * 64}
CHANGED = {
    "jurisdiction": "EC", "kind": "entry", "action": "suspended", "effective_basis": "unknown",
    "first_hand": "for the test", "rule": {"nationalities": ["chn"], "regime": "visa-required"},
}  # fmt: skip
SAID = {"speaker": PARTY, "text": "x", "verbatim": "verbatim", "first_hand": "for the test"}
FIGURE = {"metric": "border-entries", "comparator": "~", "value": "5", "first_hand": "for the test"}


def line(kind: str, payload: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
    return {"id": event_id or str(uuid4()), "type": kind, "payload": payload}


def read(lines: Iterable[dict[str, Any]]) -> list[Entry]:
    text = b"".join(msgspec.json.encode(one) + b"\n" for one in lines)
    return list(entries(io.BytesIO(text), "test"))


@pytest.fixture
async def importer(place: Place, database: Database) -> AsyncIterator[Importer]:
    """An importer with chunks of five, so that a test has several."""
    own = Database(place.url("tracker_import"), "tracker_import", most=1)
    made = Importer(own, Reader(database), system_clock, chunk_events=5)
    async with made.opened():
        yield made


async def test_events_are_in_the_log_in_the_order_of_the_file(
    importer: Importer, database: Database
) -> None:
    lines = [
        line("party-named", NAMED),
        line("document-received", RECEIVED),
        line("policy-changed", CHANGED, FIRST),
        line("policy-changed", CHANGED | {"replaces": [FIRST]}),
        line("statement-made", SAID | {"about": [FIRST]}),
        *(line("party-named", NAMED | {"names": [f"n{i}"]}) for i in range(9)),
    ]
    tallies: list[Tally] = []

    tally = await importer.run(read(lines), ANALYST, tallies.append)

    assert (tally.read, tally.appended, tally.repeated, tally.position) == (14, 14, 0, 14)
    assert [t.appended for t in tallies] == [5, 10, 14]
    assert tally.source_bytes == sum(e.source_bytes for e in read(lines))
    stored = await Reader(database).read(EVERYTHING)
    assert [str(r.id) for r in stored] == [one["id"] for one in lines]
    assert {r.actor for r in stored} == {ANALYST}
    assert len({r.correlation_id for r in stored}) == 1
    changed = stored[2].event
    assert isinstance(changed, PolicyChanged)
    assert changed.rule
    assert changed.policy
    assert changed.rule.nationalities == ("CN",)
    assert UUID(changed.policy)


async def test_running_it_again_adds_only_what_is_new(importer: Importer) -> None:
    lines = [line("party-named", NAMED | {"names": [f"n{i}"]}) for i in range(12)]
    changed = [line("policy-changed", CHANGED)]
    await importer.run(read(lines[:7] + changed), ANALYST)

    tally = await importer.run(read(lines + changed), ANALYST)

    assert (tally.read, tally.appended, tally.repeated, tally.position) == (13, 5, 8, 13)


WRONG: list[tuple[dict[str, Any], str, str, type[TrackerError]]] = [
    (line("policy-changed", CHANGED | {"jurisdiction": "ZZ"}), "jurisdiction", "'ZZ'", Refused),
    (line("policy-changed", CHANGED | {"first_hand": " "}), "citations", "at least one", Refused),
    (
        line("policy-changed", CHANGED | {"citations": [{"document": FIRST, "quote": "x"}]}),
        "citations[0].document", "no document", NotFound,
    ),
    (line("policy-changed", CHANGED | {"replaces": [FIRST]}), "replaces[0]", "no event", NotFound),
    (
        line("policy-changed", CHANGED | {"replaces": [PARTY]}),
        "replaces[0]", "no policy event", NotFound,
    ),
    (line("policy-changed", CHANGED | {"effective_basis": "stated"}), "effective_from", "", Refused),
    (line("statement-made", SAID | {"speaker": "Lin Jian"}), "speaker", "is a name", Refused),
    (line("statement-made", SAID | {"speaker": FIRST}), "speaker", "no party", NotFound),
    (line("statistic-published", FIGURE | {"metric": "smiles"}), "metric", "catalogue", Refused),
    (line("statistic-published", FIGURE | {"revises": PARTY}), "revises", "no statistic", NotFound),
    (line("feed-moved", {"feed": FIRST, "url": "https://a.example"}), "feed", "no feed", NotFound),
    (line("feed-added", {"feed": FIRST, "url": "https://u:p@a.example"}), "url", "pass", Refused),
    (line("party-named", NAMED | {"names": ["a\0"]}), "names[0]", "NUL", Refused),
    (line("draft-rejected", {"draft": FIRST, "document": FIRST, "reason": "x"}), "draft", "no draft", NotFound),
]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "field", "reason", "kind"), WRONG, ids=[f"{w[1]}: {w[2]}" for w in WRONG]
)
async def test_a_wrong_event_stops_it_with_its_line_and_its_chunk_is_not_written(
    importer: Importer,
    database: Database,
    wrong: dict[str, Any],
    field: str,
    reason: str,
    kind: type[TrackerError],
) -> None:
    good = [line("party-named", NAMED | {"names": [f"n{i}"]}) for i in range(6)]
    good[0]["id"] = PARTY  # an event that is no policy's and no statistic's

    with pytest.raises(kind) as refused:
        await importer.run(read([*good, wrong]), ANALYST)

    assert refused.value.message.startswith(f"line 7: {field}: ")
    assert reason in refused.value.message
    assert refused.value.message.endswith(
        "5 events before its chunk are in the log; run it again to go on"
    )
    assert refused.value.field == field
    assert await Reader(database).head() == 5


async def test_nothing_is_written_where_the_first_chunk_is_wrong(
    importer: Importer, database: Database
) -> None:
    with pytest.raises(Refused, match=r"line 2: .*; nothing was written"):
        await importer.run(read([line("party-named", NAMED), WRONG[0][0]]), ANALYST)

    assert await Reader(database).head() == 0


async def test_what_is_referred_to_may_not_stand_later_in_the_file(importer: Importer) -> None:
    lines = [line("statement-made", SAID), line("party-named", NAMED)]

    with pytest.raises(NotFound, match="line 1: speaker: no party"):
        await importer.run(read(lines), ANALYST)


async def test_what_is_referred_to_may_be_in_the_log_or_chunks_before(
    importer: Importer, database: Database
) -> None:
    await importer.run(read([line("document-received", RECEIVED)]), ANALYST)
    quote = {"citations": [{"document": DOCUMENT, "quote": "x"}], "first_hand": None}
    lines = [line("party-named", NAMED), line("policy-changed", CHANGED, FIRST)]
    lines += [line("statement-made", SAID | quote | {"about": [FIRST]}) for _ in range(40)]

    tally = await importer.run(read(lines), ANALYST)

    assert tally.appended == 42


@pytest.mark.parametrize("between", [0, 9])
async def test_an_id_twice_in_a_file_is_kept_once_or_refused(
    importer: Importer, database: Database, between: int
) -> None:
    others = [line("party-named", NAMED | {"names": [f"n{i}"]}) for i in range(between)]
    first = line("party-named", NAMED, FIRST)

    tally = await importer.run(read([first, *others, first]), ANALYST)
    assert (tally.appended, tally.repeated) == (between + 1, 1)

    other = line("party-named", NAMED | {"names": ["Other"]}, str(uuid4()))
    twice = [other, *others, line("party-named", NAMED, other["id"])]
    with pytest.raises(
        OtherContent, match=rf"line {between + 2}: id: {other['id']} .*other content"
    ):
        await importer.run(read(twice), ANALYST)


async def test_an_event_over_the_limit_is_named_by_its_line(importer: Importer) -> None:
    huge = NewEvent(
        uuid4(), read([line("policy-changed", CHANGED | {"note": "n" * 9_000_000})])[0].new.event
    )

    with pytest.raises(TrackerError, match=r"line 4: policy-changed: .* of payload are over"):
        await importer.run([Entry("line 4", huge)], ANALYST)


async def test_others_append_while_an_import_runs(importer: Importer, database: Database) -> None:
    lines = [line("party-named", NAMED | {"names": [f"n{i}"]}) for i in range(100)]
    appender = Appender(database)

    async def others() -> None:
        for entry in read([line("party-named", NAMED) for _ in range(40)]):
            await appender.append([entry.new], ANALYST, uuid4())

    tally, _ = await asyncio.gather(importer.run(read(lines), ANALYST), others())

    stored = await Reader(database).read(EVERYTHING)
    assert tally.appended == 100
    assert [r.position for r in stored] == list(range(1, 141))
    mine = {one["id"] for one in lines}
    assert [str(r.id) for r in stored if str(r.id) in mine] == [one["id"] for one in lines]

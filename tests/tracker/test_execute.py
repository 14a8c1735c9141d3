"""The only writer: retries, idempotency keys, and nothing half-done."""

import asyncio
import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from tests.tracker.log.events import ANALYST
from tracker.clock import system_clock
from tracker.domain.base import EVERYTHING, Actor, Event
from tracker.domain.document import DocumentReceived
from tracker.domain.errors import Conflict, NotFound, Refused
from tracker.domain.fact import RecordFact
from tracker.domain.feed import AddFeed, PauseFeed
from tracker.domain.intake import ReceiveDocument
from tracker.domain.party import NameParty, PartyNamed
from tracker.domain.policy import PolicyChanged
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation
from tracker.execute import Executor
from tracker.log.append import Appender
from tracker.log.database import Database
from tracker.log.evidence import Evidence
from tracker.log.read import Reader

TEXT = "“Ecuador suspends the agreement,” said Gabriela Sommerfeld on 18 June."
DOCUMENT = str(UUID(int=1))


@pytest.fixture
def executor(database: Database) -> Executor:
    return Executor(Reader(database), Appender(database), Evidence(database), system_clock)


async def receive(database: Database, executor: Executor) -> None:
    """Put the one document of these tests on record."""
    sha = await Evidence(database).keep(TEXT.encode())
    received = DocumentReceived(
        document=DOCUMENT, raw_sha256=sha, text_sha256=sha, published_at="2024-06-18T12:00:00Z"
    )
    await executor.execute(ReceiveDocument(received=received, content_hash=sha), ANALYST)


def statement(speaker: str = "Gabriela Sommerfeld", quote: str = "Ecuador suspends") -> RecordFact:
    return RecordFact(
        fact=StatementMade(
            speaker=speaker,
            text=quote,
            verbatim="verbatim",
            citations=(Citation(document=DOCUMENT, quote=quote),),
        )
    )


async def stored(database: Database) -> list[Event | None]:
    return [r.event for r in await Reader(database).read(EVERYTHING)]


async def test_a_fact_is_recorded_with_its_citation_located_and_its_speaker_named(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)

    done = await executor.execute(statement(), ANALYST)

    _, party, fact = await stored(database)
    assert isinstance(party, PartyNamed)
    assert isinstance(fact, StatementMade)
    assert [new.event for new in done.events] == [party, fact]
    assert (done.position, done.repeated) == (3, False)
    assert (fact.speaker, party.names) == (party.party, ("Gabriela Sommerfeld",))
    assert TEXT[fact.citations[0].start : fact.citations[0].end] == "Ecuador suspends"
    assert fact.known_since == "2024-06-18T12:00:00.000000Z"


async def test_sixteen_statements_that_name_the_same_new_speaker_at_once_name_it_once(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)

    await asyncio.gather(*(executor.execute(statement(), ANALYST) for _ in range(16)))

    events = await stored(database)
    named = [e for e in events if isinstance(e, PartyNamed)]
    said = [e for e in events if isinstance(e, StatementMade)]
    assert (len(named), len(said)) == (1, 16)
    assert {s.speaker for s in said} == {named[0].party}


async def test_sixteen_statements_of_sixteen_new_speakers_at_once_all_get_in(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)

    await asyncio.gather(*(executor.execute(statement(f"P{n}"), ANALYST) for n in range(16)))

    assert sum(isinstance(e, PartyNamed) for e in await stored(database)) == 16


async def test_a_request_sent_again_with_its_key_is_answered_with_what_it_led_to(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)
    first = await executor.execute(statement(), ANALYST, idempotency_key="k")
    # What became known since does not change the answer.
    await executor.execute(NameParty(kind="person", names=("Lin Jian",)), ANALYST)

    again = await executor.execute(statement(), ANALYST, idempotency_key="k")

    assert (again.events, again.position, again.repeated) == (first.events, first.position, True)
    assert await Reader(database).head() == 4


async def test_a_request_sent_twice_at_once_with_its_key_is_recorded_once(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)

    done = await asyncio.gather(
        *(executor.execute(statement(), ANALYST, idempotency_key="k") for _ in range(8))
    )

    assert {d.position for d in done} == {3}
    assert [d.repeated for d in done].count(False) == 1
    assert await Reader(database).head() == 3


async def test_a_refusal_under_a_key_does_not_use_it_up(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)
    with pytest.raises(Refused):
        await executor.execute(statement(quote="never said"), ANALYST, idempotency_key="k")

    done = await executor.execute(statement(), ANALYST, idempotency_key="k")

    assert not done.repeated


async def test_a_key_used_for_another_request_is_a_conflict(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)
    await executor.execute(statement(), ANALYST, idempotency_key="k")
    party = (await executor.execute(NameParty(kind="person", names=("A",)), ANALYST)).events[0]
    assert isinstance(party.event, PartyNamed)

    for other in (
        statement(quote="suspends"),
        statement("Somebody Else"),
        AddFeed(url="https://example.org/feed"),
    ):
        with pytest.raises(Conflict):
            await executor.execute(other, ANALYST, idempotency_key="k")
    assert await Reader(database).head() == 4


async def test_a_key_used_for_another_kind_of_request_is_a_conflict_too(
    database: Database, executor: Executor
) -> None:
    known = await executor.execute(AddFeed(url="https://example.org/1"), ANALYST)
    feed = known.events[0].event.tags()[0].removeprefix("feed:")
    await executor.execute(AddFeed(url="https://example.org/2"), ANALYST, idempotency_key="k")

    # Its event would get an id of the key that no event has yet.
    with pytest.raises(Conflict, match="used for another request"):
        await executor.execute(PauseFeed(feed=feed, reason="x"), ANALYST, idempotency_key="k")
    assert await Reader(database).head() == 2


async def test_a_key_is_each_users_own(database: Database, executor: Executor) -> None:
    other = Actor(str(uuid4()), "analyst")
    for actor in (ANALYST, other):
        done = await executor.execute(
            AddFeed(url=f"https://example.org/{actor.user}"), actor, idempotency_key="k"
        )
        assert not done.repeated


async def test_nothing_is_half_done_where_a_decision_refuses(
    database: Database, executor: Executor
) -> None:
    await receive(database, executor)

    # The speaker is new and fine; the quote is not in the document.
    with pytest.raises(Refused, match="is not in document") as refused:
        await executor.execute(statement(quote="Ecuador joins"), ANALYST)

    assert refused.value.field == "citations[0].quote"
    assert await Reader(database).head() == 1


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (StatementMade(speaker="A\0", text="x", verbatim="verbatim"), "speaker"),
        (StatementMade(speaker="A", text="\ud800", verbatim="verbatim"), "text"),
        (
            StatementMade(
                speaker="A",
                text="x",
                verbatim="verbatim",
                citations=(Citation(document="\0", quote="x"),),
            ),
            "citations[0].document",
        ),
    ],
)
async def test_text_that_is_none_is_refused_with_its_field(
    executor: Executor, fact: StatementMade, field: str
) -> None:
    with pytest.raises(Refused, match="NUL or half a character") as refused:
        await executor.execute(RecordFact(fact=fact), ANALYST)

    assert refused.value.field == field


async def test_an_id_in_upper_case_is_the_same_id(database: Database, executor: Executor) -> None:
    await receive(database, executor)
    change = PolicyChanged(
        jurisdiction="ecu", kind="entry", action="introduced", effective_basis="unknown",
        citations=(Citation(document=DOCUMENT.upper(), quote="Ecuador"),),
    )  # fmt: skip
    first = await executor.execute(RecordFact(fact=change), ANALYST)
    [policy] = [new.event for new in first.events]
    assert isinstance(policy, PolicyChanged)
    assert policy.policy

    again = PolicyChanged(
        jurisdiction="EC", kind="entry", action="amended", effective_basis="unknown",
        policy=policy.policy.upper(), first_hand="told by phone",
    )  # fmt: skip
    [second] = (await executor.execute(RecordFact(fact=again), ANALYST)).events

    assert policy.jurisdiction == "EC"
    assert isinstance(second.event, PolicyChanged)
    assert second.event.policy == policy.policy


async def test_a_command_that_has_nothing_to_do_writes_nothing(
    database: Database, executor: Executor
) -> None:
    added = await executor.execute(AddFeed(url="https://example.org/feed"), ANALYST)
    feed = added.events[0].event.tags()[0].removeprefix("feed:")
    paused = await executor.execute(PauseFeed(feed=feed, reason="noisy"), ANALYST)

    again = await executor.execute(PauseFeed(feed=feed, reason="noisy"), ANALYST)

    assert (again.events, again.position) == ((), paused.position)
    with pytest.raises(NotFound, match="no feed"):
        await executor.execute(PauseFeed(feed=str(uuid4()), reason="x"), ANALYST)


async def test_the_time_comes_from_the_clock_and_the_ids_from_it_and_chance(
    database: Database,
) -> None:
    moment = datetime(2024, 6, 19, 12, tzinfo=UTC)
    chance = iter(hashlib.sha512(bytes([n])).digest()[:10] for n in range(99))
    fixed = Executor(
        Reader(database),
        Appender(database),
        Evidence(database),
        lambda: moment,
        entropy=lambda size: next(chance)[:size],
    )

    done = await fixed.execute(AddFeed(url="https://example.org/feed"), ANALYST)

    made = done.events[0].id
    assert made.version == 7
    assert made.int >> 80 == int(moment.timestamp() * 1000)

"""An alert in words: what changed, who says so, and where to read on."""

import json
from uuid import UUID, uuid4

import pytest

from projections.alerts.compose import Composer
from tests.projections.alerts.conftest import Tracker
from tests.projections.folding import change
from tracker.domain.document import DocumentReceived
from tracker.domain.errors import NotFound
from tracker.domain.party import PartyNamed
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation, Hop
from tracker.proof.tiles import Tiles

DOCUMENT = "01a1ffcc-4f46-7c5c-9b71-7b90fa44b482"
RECEIVED = DocumentReceived(
    document=DOCUMENT,
    raw_sha256="0" * 64,
    text_sha256="1" * 64,
    url="https://news.example/ecuador",
    title="Ecuador to ask Chinese visitors for visas",
    publisher="Example News",
    published_at="2024-06-19T08:00:00.000000Z",
)
CITED = Citation(
    document=DOCUMENT,
    quote="From July 1 the exemption is suspended.",
    attribution=(
        Hop(agent="Example News", relation="published", basis="stated"),
        Hop(agent="Example Cantonese", relation="translates", basis="stated"),
        Hop(agent="the ministry", relation="quotes", basis="stated", official=True),
    ),
)
VISA_FREE = change("visa-free", "2016-08-15", action="introduced")
SUSPENDED = change(
    "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18",
    citations=(CITED,),
)  # fmt: skip


async def test_a_change_is_told_with_notice_quote_chain_times_and_links(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    *_, event = await tracker.record(RECEIVED, VISA_FREE, SUSPENDED)
    await tracker.settle()

    data = json.loads(tracker.receiver.requests[0][1])["data"]
    (alert,) = data["alerts"]
    captured = alert["sources"][0]["captured_at"]
    recorded = alert["event"]["recorded_at"]
    assert data["subject"] == (
        "Ecuador, for China: visa-free → visa-free entry suspended from 2024-07-01"
    )
    assert (
        data["text"]
        == f"""\
Ecuador, for China: visa-free → visa-free entry suspended from 2024-07-01
  Required: nothing → visa.
  Announced 2024-06-18, effective 2024-07-01, 13 days of notice.
  http://tracker.example/policy/EC/CN

Because of: Suspended: Ecuador, for China: visa-free entry suspended from 2024-07-01
  http://tracker.example/events/{event}

“From July 1 the exemption is suspended.”
  Ecuador to ask Chinese visitors for visas
  Example News ← Example Cantonese ← the ministry
  https://news.example/ecuador
  Published 2024-06-19T08:00:00.000000Z, captured {captured}.

Recorded {recorded} at position 4 of the log.

Sent {data["sent_at"]}, with the log at position 4.
Root {data["root"]}.
"""
    )
    root = await Tiles(tracker.application).root_at(4)
    assert (data["position"], data["root"]) == (4, root.hex())


async def test_what_is_recorded_later_does_not_change_the_words(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel(), types=("statement-made",), countries=("EC",))
    speaker = str(uuid4())
    named = PartyNamed(party=speaker, kind="person", names=("Lin Jian",))
    said = StatementMade(speaker=speaker, text="No comment.", verbatim="verbatim", country="EC")
    await tracker.record(named, said)
    await tracker.settle()
    (message,) = await tracker.outbox.messages()
    await tracker.record(PartyNamed(party=speaker, kind="person", names=("Somebody Else",)))

    composer = Composer(tracker.deliver_database, "http://tracker.example")
    again = await composer.compose(message)

    assert again.body == tracker.receiver.requests[0][1]
    assert again.subject == "Lin Jian: “No comment.”"


async def test_a_rule_for_everybody_says_so_and_an_unannounced_change_too(
    tracker: Tracker,
) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(change("visa-free", "2016-08-15", "*"))
    await tracker.record(change("visa-required", "2024-07-01", "*", limits={"purpose": "work"}))
    await tracker.settle()

    text = json.loads(tracker.receiver.requests[0][1])["data"]["text"]
    assert "The rule is for everybody." in text
    assert "Passport: ordinary; purpose: work." in text
    assert "Announcement not known, effective 2024-07-01." in text


async def test_an_alert_whose_event_was_erased_is_not_sent(tracker: Tracker) -> None:
    await tracker.subscribe(await tracker.channel())
    await tracker.record(VISA_FREE, SUSPENDED)
    await tracker.runner.catch_up()
    await tracker.matcher().catch_up()
    async with tracker.place.open("tracker_erase") as database:
        await database.run("delete from log.payload where position = 3")
    await tracker.deliverer().deliver_due()

    assert tracker.receiver.requests == []
    (message,) = await tracker.outbox.messages()
    (attempt,) = (await tracker.outbox.attempts(message.id))[message.id]
    assert (message.status, attempt.number) == ("cancelled", 1)
    assert attempt.error == f"the event {message.members[0].event} of this alert was erased"
    composer = Composer(tracker.deliver_database, "http://tracker.example")
    with pytest.raises(NotFound):
        await composer.compose(message)
    assert isinstance(message.members[0].event, UUID)

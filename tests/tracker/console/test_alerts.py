"""Alerts in the console by plain forms: opened, tried on the past, changed, told, given up."""

import asyncio
import re
from uuid import uuid4

from httpx import Response
from msgspec import structs

from projections.alerts.imported import COUNT
from projections.alerts.matcher import Matcher
from projections.alerts.message import plan_of_test
from projections.alerts.outbox import Outbox
from projections.nouns import Nouns
from projections.views.subscriptions import Subscription
from tests.tracker.console.conftest import Browser
from tests.tracker.console.world import recorded
from tracker.console.subscribing import FIELDS, as_typed, filter_of, options_of, pacing_of
from tracker.console.visits import COOKIE, csrf_token
from tracker.console.watching import pacing_words, words_of
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing, Quiet
from tracker.parts import Parts

WATCH = {"destinations": "Ecuador", "nationalities": "CN", "title": "Quito"}


async def change(parts: Parts, regime: str, day: str) -> str:
    """A change of Ecuador's rule for Chinese passports."""
    rule = {"nationalities": ["CN"], "regime": regime}
    return await recorded(
        parts, "policy", jurisdiction="EC", action="amended", rule=rule, effective_from=day,
        first_hand="seen at the border",
    )  # fmt: skip


async def send(browser: Browser, session: str, path: str, **fields: str) -> Response:
    return await browser.post(path, data={"csrf": csrf_token(session), **fields})


async def opened(parts: Parts, browser: Browser, session: str, **fields: str) -> Subscription:
    """A subscription that Ana opened in the form."""
    answer = await send(browser, session, "/alerts", **{"channel": "new-pull", **WATCH, **fields})
    assert answer.status_code == 200, answer.text
    (row,) = await parts.views.select(Subscription)
    return row


async def matched(parts: Parts) -> None:
    await parts.settle()
    await Matcher(parts.deliver_database, parts.clock, asyncio.Event()).catch_up()


async def test_a_form_says_back_what_is_set(parts: Parts) -> None:
    watched = Filter(
        types=("entry-rule", "conflict"), destinations=("EC",), nationalities=("CN", "EU", "*"),
        entry_rules=("EC|CN",), corridors=(("CN", "EC"),), incident_types=("robbery",),
        metrics=("refugees",), words=("border closed", "fee"), directions=("tighter",),
        min_severity=3, min_credibility=2, min_origins=1,
    )  # fmt: skip
    pacing = Pacing(zone="America/Guayaquil", digest="weekly", digest_on="friday",
                    quiet=Quiet(begins="22:00", ends="07:00"), passing_severity=5)  # fmt: skip
    typed = as_typed(watched, ["critical"], pacing, {})
    assert await filter_of(typed, Nouns(parts.views)) == watched
    assert pacing_of(typed) == pacing
    assert options_of(typed) == ("critical",)
    silent = Pacing(weekly_note=False, muted_until="2099-01-01")
    assert pacing_of(as_typed(watched, [], silent, {})) == silent
    asked = {field.name for field in FIELDS} | {"quiet"}
    assert asked >= {*Filter.__struct_fields__, *Pacing.__struct_fields__}
    said = " ".join(f"{one.label} {one.said};" for one in words_of(watched, {}))
    assert "entering Ecuador; passport of China, EU (group) or everybody;" in said
    assert "severity 3 or above;" in said
    assert pacing_words(pacing).startswith("weekly digest on Friday at 08:00, quiet from 22:00")


async def test_what_is_tried_shows_the_past_both_ways_and_writes_nothing(
    parts: Parts, analyst: Browser, session: str
) -> None:
    assert "You watch nothing yet." in (await analyst.get("/alerts")).text
    await change(parts, "visa-free", "2016-08-01")
    await change(parts, "visa-required", "2090-01-01")
    await parts.settle()
    page = (await send(analyst, session, "/alerts/new", **WATCH)).text
    assert "Ecuador, for China: visa-free → visa required from 2090-01-01" in page
    assert "then and in hindsight" in page
    assert 'value="Quito"' in page
    further = (await send(analyst, session, "/alerts/new", **WATCH, after="2")).text
    assert "Nothing after this would have been told" in further
    assert await parts.reader.head() == 2
    assert await parts.channels.all() == []


async def test_a_subscription_is_opened_changed_tested_acknowledged_and_closed(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await change(parts, "visa-free", "2016-08-01")
    row = await opened(parts, analyst, session, **{"options.at-once": "on"})
    at = f"/alerts/{row.subscription}"
    await change(parts, "visa-required", "2090-01-01")
    await matched(parts)
    page = (await analyst.get(at)).text
    assert "visa-free → visa required" in page
    assert "No attempts" in page
    link = re.search(r'href="[^"]*(/alerts/[^"]+/atom)"', page)
    assert link
    assert "visa required" in (await analyst.get(link[1])).text

    (message,) = await Outbox(parts.database).messages()
    seen = await send(analyst, session, f"/alerts/messages/{message.id}/seen",
                      subscription=row.subscription)  # fmt: skip
    assert "Acknowledged." in seen.text
    assert ">Acknowledge<" not in seen.text

    new = {"destinations": "Peru", "channel": row.channel, "digest": "daily", "title": ""}
    assert "Changed." in (await send(analyst, session, f"{at}/change", **new)).text
    (row,) = await parts.views.select(Subscription)
    assert (row.filter, row.title) == ({"destinations": ["PE"]}, "")
    assert (row.pacing, row.options) == ({"digest": "daily"}, ())
    assert "is on its way" in (await send(analyst, session, f"{at}/test")).text

    (channel,) = await parts.channels.all()
    await parts.channels.set(structs.replace(channel, closed="gone"))
    assert "channel closed: gone" in (await analyst.get("/alerts")).text
    assert "is used again" in (await send(analyst, session, f"{at}/reopen")).text
    closed = await send(analyst, session, f"{at}/close")
    assert "is closed" in closed.text
    assert "Closed: 1" in closed.text
    assert (await send(analyst, session, f"{at}/test")).status_code == 400


async def test_a_form_is_refused_in_one_sentence_and_keeps_what_was_typed(
    parts: Parts, analyst: Browser, session: str
) -> None:
    for wrong, sentence in (
        ({"destinations": ""} | {"nationalities": ""}, "Name at least one thing to watch"),
        ({"destinations": "Atlantis"}, "destinations: "),
        ({"parties": "Nobody"}, "party: "),
        ({"zone": "Atlantis"}, "pacing.zone: "),
        ({"quiet_from": "22:00"}, "quiet: "),
        ({"min_origins": "few"}, "min_origins: "),
        ({"channel": ""}, "channel: "),
        ({"channel": "new-webhook", "to": "http://169.254.169.254/"}, "webhook URL"),
        ({"channel": "new-email", "to": "nobody"}, "address: "),
    ):
        fields = {"channel": "new-pull", **WATCH, **wrong}
        answer = await send(analyst, session, "/alerts", **fields)
        assert answer.status_code == 400, wrong
        assert re.search(rf'class="error problem" role="alert">{re.escape(sentence)}', answer.text)
        assert 'value="Quito"' in answer.text
    assert await parts.channels.all() == []
    assert (await analyst.post("/alerts", data=WATCH)).status_code == 403


async def test_the_secret_of_a_webhook_is_shown_once_and_a_form_sent_twice_opens_once(
    parts: Parts, analyst: Browser, session: str
) -> None:
    hook = {**WATCH, "channel": "new-webhook", "to": "https://receiver.example/hook", "once": "1"}
    pages = [(await send(analyst, session, "/alerts", **hook)).text for _ in range(2)]
    (channel,) = await parts.channels.all()
    (row,) = await parts.views.select(Subscription)
    assert all(channel.settings["secret"] in page for page in pages)
    for path in ("/alerts", f"/alerts/{row.subscription}", "/alerts/new"):
        page = (await analyst.get(path)).text
        assert channel.settings["secret"] not in page
        assert "webhook at receiver.example" in page


async def test_what_is_held_back_says_why_and_a_dead_letter_is_sent_again(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await change(parts, "visa-free", "2016-08-01")
    row = await opened(parts, analyst, session, muted_until="2099-01-01")
    assert ">muted<" in (await analyst.get("/alerts")).text
    await change(parts, "visa-required", "2090-01-01")
    await matched(parts)
    import_id, of = [str(uuid4())], [row.subscription]
    untold = {"import": import_id, "subscription": of, "alerts": [7], "first": [1], "last": [2]}
    await parts.deliver_database.run(COUNT, {**untold, "now": parts.clock()})
    page = (await analyst.get(f"/alerts/{row.subscription}")).text
    assert "muted until 2099-01-01 23:59 UTC" in page
    assert "7 alerts of an import" in page

    outbox, now = Outbox(parts.deliver_database), parts.clock()
    await outbox.plan([plan_of_test(row.subscription, row.channel, 3, now)], now)
    await parts.deliver_database.run("update alert.message set status = 'dead', attempts = 1")
    log = (await analyst.get("/alerts/log?status=dead")).text
    assert "given up" in log
    await send(analyst, session, "/alerts/messages/replay", **{"from": "1", "to": "3"})
    assert [m.status for m in await outbox.messages()] == ["owed"]
    assert "failed so far" in (await analyst.get("/alerts/log")).text
    assert "No message is given up" in (await analyst.get("/alerts/log?status=dead")).text
    wrong = await send(analyst, session, "/alerts/messages/replay", **{"from": "3", "to": "1"})
    assert wrong.status_code == 400


async def test_an_auditor_reads_the_log_of_deliveries_and_no_contact_details(
    parts: Parts, analyst: Browser, session: str
) -> None:
    row = await opened(parts, analyst, session, channel="new-email", to="ana@example.org")
    await send(analyst, session, f"/alerts/{row.subscription}/test")
    assert "mail to ana@example.org" in (await analyst.get("/alerts/log")).text
    auditor = await parts.users.issue(await parts.users.create("Aud", "auditor"), "session")
    analyst.cookies.set(COOKIE, auditor)
    page = (await analyst.get("/alerts/log")).text
    assert ("Quito" in page, "ana@example.org" in page) == (True, False)


async def test_an_alert_is_named_by_what_is_watched_and_acknowledged_by_its_owner_alone(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await change(parts, "visa-free", "2016-08-01")
    await opened(parts, analyst, session, title="")
    await change(parts, "visa-required", "2090-01-01")
    await matched(parts)
    (message,) = await Outbox(parts.database).messages()
    seen = f"/alerts/messages/{message.id}/seen"
    page = (await analyst.get("/alerts/log")).text
    assert ("Ecuador, China</a>" in page, "without a title" in page, seen in page) == (
        True, False, True,
    )  # fmt: skip
    auditor = await parts.users.issue(await parts.users.create("Aud", "auditor"), "session")
    analyst.cookies.set(COOKIE, auditor)
    page = (await analyst.get("/alerts/log")).text
    assert ("Ecuador, China" in page, seen in page, "Acknowledged." in page) == (True, False, False)
    assert (await send(analyst, auditor, seen)).status_code == 403
    analyst.cookies.set(COOKIE, session)
    assert "Acknowledged." in (await send(analyst, session, seen)).text


async def test_what_is_somebody_elses_is_not_shown_and_a_reader_only_tries(
    parts: Parts, analyst: Browser, session: str
) -> None:
    row = await opened(parts, analyst, session)
    tried = {"csrf": "", **WATCH}
    for role, status in (("reader", 403), ("analyst", 403), ("auditor", 403), ("admin", 200)):
        other = await parts.users.issue(await parts.users.create(role, role), "session")  # pyright: ignore[reportArgumentType]  roles
        analyst.cookies.set(COOKIE, other)
        assert (await analyst.get(f"/alerts/{row.subscription}")).status_code == status, role
        assert row.subscription not in (await analyst.get("/alerts")).text
        tried["csrf"] = csrf_token(other)
        assert (await analyst.post("/alerts/new", data=tried)).status_code == 200
        if role == "reader":
            for path in ("/alerts", f"/alerts/{row.subscription}/close", "/alerts/messages/replay"):
                assert (await analyst.post(path, data=tried)).status_code == 403
            assert "Subscribe" not in (await analyst.get("/alerts/new")).text

"""Recording by plain forms: a source is kept, facts are read off it, and what is done to them."""

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.tracker.console.world import received, recorded
from tracker.console.visits import COOKIE, csrf_token
from tracker.parts import Parts

Browser = AsyncTestClient[Litestar]
POST = "Ecuador suspends visa-free entry for Chinese citizens from 1 July 2024, the ministry said."
HOSTILE = ("'; DROP TABLE log.event; --", "<script>alert(1)</script>", "a\x00b")
RULE = {"field.jurisdiction": "EC", "field.kind": "entry", "field.action": "suspended",
        "field.effective_basis": "stated", "field.effective_from": "2024-07-01",
        "field.rule.nationalities": "CN", "field.rule.regime": "visa-free-suspended"}  # fmt: skip


@pytest.fixture
async def send(analyst: Browser, session: str) -> Any:
    """Send a form of Ana's."""

    async def sent(path: str, **fields: str) -> Any:
        return await analyst.post(path, data={"csrf": csrf_token(session), **fields})

    return sent


async def kept(send: Any, text: str = POST, **more: str) -> str:
    """A document that was pasted; the address of the page to record from."""
    answer = await send("/record/text", text=text, title="Post", published="2024-06-18", **more)
    assert answer.status_code == 200, answer.text
    return answer.url.path


def figure(**more: str) -> dict[str, str]:
    """The form of a figure."""
    return {"field.metric": "migrants", "field.comparator": "=", "field.value": "7",
            "quote": "1 July 2024", **more}  # fmt: skip


def fact_of(page: str) -> str:
    """The address of the fact that a notice leads to."""
    found = re.search(r'href="(/events/[0-9a-f-]{36})">See the fact', page)
    assert found, page
    return found[1]


async def test_a_fact_is_recorded_corrected_sourced_related_and_retracted(
    parts: Parts, analyst: Browser, send: Any
) -> None:
    page = await kept(send)
    first = fact_of((await send(f"{page}/statistic", **figure())).text)
    again = fact_of((await send(f"{page}/statistic", **figure(page_at="9"))).text)
    assert fact_of((await send(f"{page}/statistic", **figure(page_at="9"))).text) == again
    form = (await analyst.get(first)).text
    seen = re.search(r'name="seen" value="(\d+)"', form)
    assert seen
    change = {"field.metric": "migrants", "field.value": "8", "seen": seen[1],
              "code": "transcription", "reason": "a slip"}  # fmt: skip
    corrected = (await send(f"{first}/correct", **change)).text
    assert "<del>7</del> → <ins>8</ins>" in corrected
    conflict = await send(f"{first}/correct", **{**change, "field.value": "9"})
    assert conflict.status_code == 409
    assert "Ana was first, on " in conflict.text
    other = await kept(send, f"A second source. {POST}")
    source = {"document": other.rpartition("/")[2], "quote": "from 1 July 2024"}
    assert "A second source." in (await send(f"{first}/source", **source)).text
    related = await send(f"{first}/relate", other=again, kind="same-origin", reason="one post")
    assert "same origin: one post" in related.text
    gone = await send(f"{again}/retract", code="duplicate", duplicate_of=first, reason="twice")
    assert "twice (duplicate of event" in gone.text
    assert f"{again}/correct" not in gone.text
    late = await send(f"{again}/retract", code="other", reason="again")
    assert late.status_code == 409
    assert "Ana was first" in late.text


async def test_an_entry_rule_is_recorded_from_nested_fields(parts: Parts, send: Any) -> None:
    page = await kept(send)
    fields = (await send(f"{page}/policy", quote=POST, **RULE)).text
    assert "Recorded:</strong> Suspended: Ecuador, for China" in fields


async def test_what_is_pasted_twice_is_one_document(parts: Parts, send: Any) -> None:
    assert await kept(send) == await kept(send)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_words_are_refused_or_stored_as_words_and_never_half_done(
    parts: Parts, analyst: Browser, send: Any, hostile: str
) -> None:
    page = await kept(send)
    fact = await recorded(parts, "statistic", metric="migrants", comparator="=", value="1",
                          citations=[{"document": await received(parts, "one", title="t"), "quote": "one"}])  # fmt: skip
    await parts.settle()
    head = await parts.reader.head()
    tries = [
        *(
            (f"{page}/statistic", figure(**{name: hostile}))
            for name in ("field.value", "quote", "reliability", "credibility")
        ),
        (f"{page}/{'x' * 50}", figure()),
        ("/record/text", {"text": "x", "url": hostile, "published": hostile}),
        ("/record/url", {"url": hostile}),
        (f"/events/{fact}/correct", {"field.value": hostile, "code": "other", "reason": "r"}),
        (f"/events/{fact}/retract", {"code": hostile, "reason": hostile}),
        (f"/events/{fact}/source", {"document": hostile, "quote": "one"}),
        (f"/events/{fact}/relate", {"other": hostile, "kind": "drift", "reason": "r"}),
    ]  # fmt: skip
    for path, fields in tries:
        answer = await send(path, **fields)
        assert answer.status_code in (400, 404, 409), (path, fields, answer.text)
        assert '<p class="problem" role="alert">' in answer.text
        assert "<script>alert" not in answer.text
    assert await parts.reader.head() == head


async def test_half_characters_and_ten_megabytes_are_refused(
    parts: Parts, analyst: Browser, session: str
) -> None:
    body = f"csrf={csrf_token(session)}&text=".encode()
    kind = {"content-type": "application/x-www-form-urlencoded"}
    half = await analyst.post("/record/text", content=body + b"%ED%A0%80", headers=kind)
    huge = await analyst.post("/record/text", content=body + b"x" * 10_000_001, headers=kind)
    assert (half.status_code, huge.status_code) == (400, 413)
    assert await parts.reader.head() == 0


async def test_a_reader_sees_no_forms_and_may_do_nothing(parts: Parts, visitor: Browser) -> None:
    document = await received(parts, POST, title="Post")
    fact = await recorded(parts, "statistic", metric="migrants", comparator="=", value="1",
                          citations=[{"document": document, "quote": "1 July"}])  # fmt: skip
    await parts.settle()
    token = await parts.users.issue(await parts.users.create("Rea", "reader"), "session")
    visitor.cookies.set(COOKIE, token)
    for path in ("/record", f"/record/{document}", f"/events/{fact}"):
        page = (await visitor.get(path)).text
        assert page.count('method="post"') == 1, path  # signing out
    for path in ("/record/text", "/record/file", "/record/url", f"/record/{document}/policy",
                 *(f"/events/{fact}/{act}" for act in ("correct", "retract", "source", "relate"))):  # fmt: skip
        answer = await visitor.post(path, data={"csrf": csrf_token(token)})
        assert answer.status_code == 403, path


async def test_a_file_is_kept_with_what_is_known_of_it(
    parts: Parts, analyst: Browser, session: str
) -> None:
    answer = await analyst.post(
        "/record/file",
        data={"csrf": csrf_token(session), "title": "Filed"},
        files={"file": ("a.txt", POST.encode())},
    )
    assert "<h1>Filed</h1>" in answer.text


async def test_events_are_narrowed_by_words_year_and_counted_facets(
    parts: Parts, analyst: Browser, send: Any
) -> None:
    page = await kept(send)
    await send(f"{page}/policy", quote=POST, **RULE)
    events = (await analyst.get("/events")).text
    assert re.search(r'country=EC">Ecuador</a> <span class="aside">\d', events)
    assert "suspended from 2024-07-01" in (await analyst.get("/events?q=ecuador&year=2024")).text
    assert "No event fits" in (await analyst.get("/events?q=zanzibar")).text
    assert (await analyst.get("/events?year=x")).status_code == 400

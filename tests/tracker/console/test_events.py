"""The timeline, the page of an event and that of a document."""

import re

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.tracker.console.world import received, recorded, sample
from tracker.parts import Parts

Browser = AsyncTestClient[Litestar]
HOSTILE = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&"


def lines(page: str) -> list[str]:
    """The headlines of a timeline."""
    return re.findall(r'<a class="line"[^>]*>([^<]*)</a>', page)


async def test_the_timeline_filters_by_country_type_and_party(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    everything = lines((await analyst.get("/events")).text)
    of_panama = lines((await analyst.get("/events?country=Panama")).text)
    changes = lines((await analyst.get("/events?type=policy-changed&country=EC")).text)
    said = lines((await analyst.get("/events?party=lin+jian")).text)
    assert len(everything) > len(of_panama) > 0
    assert all("Panama" in line for line in of_panama)
    assert changes == [
        "Introduced: Ecuador, for China: visa-free from 2016-08",
        "Suspended: Ecuador, for China: visa-free entry suspended from 2024-07-01",
    ]
    assert said
    assert all(line.startswith("Lin Jian: ") for line in said)


async def test_the_older_link_goes_on_exactly_where_the_page_ends(
    parts: Parts, analyst: Browser
) -> None:
    document = await received(parts, "A figure was given.", title="Figures")
    for number in range(60):
        await recorded(
            parts,
            "statistic",
            metric="migrants",
            comparator="=",
            value=str(number),
            citations=[{"document": document, "quote": "A figure"}],
        )
    await parts.settle()
    first = (await analyst.get("/events")).text
    older = re.search(r'rel="next" href="([^"]*)"', first)
    assert older
    second = (await analyst.get(older[1].replace("&amp;", "&"))).text
    seen = lines(first) + lines(second)
    assert len(lines(first)) == 50
    assert len(seen) == len(set(seen)) == 61
    assert "That is the beginning" in second


async def test_every_page_leads_to_the_same_answer_as_json(parts: Parts, analyst: Browser) -> None:
    await sample(parts)
    event = re.search(r"/events/[0-9a-f-]{36}", (await analyst.get("/events")).text)
    document = re.search(r"/documents/[0-9a-f-]{36}", (await analyst.get("/events")).text)
    assert event
    assert document
    for path in (
        "/policy?destination=EC", "/policy?nationality=CN&valid_at=2024-06-30", "/policy/EC/CN",
        "/events?country=Ecuador&type=policy-changed", "/events?party=Lin+Jian", event[0],
        document[0], "/inbox",
    ):  # fmt: skip
        page = (await analyst.get(path)).text
        twin = re.search(r'<a href="([^"]*)">This page as JSON', page)
        assert twin, path
        answer = await analyst.get(twin[1].replace("&amp;", "&"))
        assert answer.status_code == 200, (twin[1], answer.text)
        assert answer.json()


async def test_an_event_shows_its_fields_its_sources_and_its_envelope(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    changes = (await analyst.get("/events?type=policy-changed")).text
    href = re.findall(r'<a class="line" href="([^"]*)"', changes)[1]
    page = (await analyst.get(href)).text
    assert (
        "<h1>Suspended: Ecuador, for China: visa-free entry suspended from 2024-07-01</h1>" in page
    )
    assert '<a href="/policy?destination=EC">Ecuador (EC)</a>' in page
    assert "operator (admin)" in page
    assert len(re.findall(r"<code>[0-9a-f]{64}</code>", page)) == 2
    assert '<a href="/policy/EC/CN">' in page
    proof = re.search(r'href="(/api/v1/log/proof/[0-9]+)"', page)
    assert proof
    assert (await analyst.get(proof[1])).json()["leaf_hash"]


async def test_a_citation_leads_to_its_passage_in_the_document(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    cell = (await analyst.get("/policy/EC/CN")).text
    link = re.search(r'href="(/documents/[^"#]*)#([^"]*)"', cell)
    assert link
    page = (await analyst.get(link[1])).text
    mark = re.search(rf'<mark id="{link[2]}"[^>]*>([^<]*)</mark>', page)
    assert mark
    assert mark[1].startswith("Ecuador&#39;s government is suspending")


async def test_nothing_that_a_source_says_becomes_markup(parts: Parts, analyst: Browser) -> None:
    document = await received(parts, f"He said {HOSTILE} to us.", title=HOSTILE, publisher=HOSTILE)
    event = await recorded(
        parts,
        "statement",
        speaker=HOSTILE,
        text=HOSTILE,
        role=HOSTILE,
        verbatim="verbatim",
        citations=[
            {
                "document": document,
                "quote": HOSTILE,
                "attribution": [{"agent": HOSTILE, "relation": "quotes", "basis": "stated"}],
            }
        ],
    )
    await parts.settle()
    for path in ("/events", f"/events/{event}", f"/documents/{document}"):
        page = (await analyst.get(path)).text
        assert "&lt;script&gt;" in page
        assert "<script>" not in page
        assert "<img" not in page
        assert page.count("<script") == 1
    refused = await analyst.get("/events", params={"party": f"no {HOSTILE}"})
    assert refused.status_code == 400
    assert "<img" not in refused.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/events/not-an-id", 404),
        ("/events/018f5c6e-0000-7000-8000-000000000002", 404),
        ("/documents/not-an-id", 404),
        ("/documents/018f5c6e-0000-7000-8000-000000000002", 404),
        ("/events?type=rumour-spread", 400),
        ("/events?party=nobody", 400),
        ("/events?party=%00", 400),
        ("/events?before=-1", 400),
        ("/events?before=99999999999999999999", 400),
        ("/events?before=%D9%A3", 400),
        ("/nowhere", 404),
    ],
)
async def test_an_address_that_leads_nowhere_gets_a_readable_page(
    analyst: Browser, path: str, status: int
) -> None:
    answer = await analyst.get(path)
    assert answer.status_code == status
    assert '<p class="problem" role="alert">' in answer.text

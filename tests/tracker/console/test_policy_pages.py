"""The policy pages over a real log: both clocks, the table, the cell and why."""

import re

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.tracker.console.world import received, recorded, sample
from tracker.parts import Parts

Browser = AsyncTestClient[Litestar]
TABLE = (
    ("2016-07-15", "2024-06-19", "Unknown"),
    ("2016-09-01", "2024-05-21", "Unknown"),
    ("2016-09-01", "2024-06-19", "Visa-free"),
    ("2024-05-20", "2024-05-19", "Unknown"),
    ("2024-05-20", "2024-05-20", "Visa-free"),
    ("2024-06-30", "2024-06-19", "Visa-free"),
    ("2024-07-01", "2024-05-21", "Visa-free"),
    ("2024-07-01", "2024-06-19", "Visa-free entry suspended"),
)


def regime(page: str) -> str:
    """The regime in large."""
    found = re.search(r'regime tone-\w+ large">.*?</span>([^<]+)</span>', page)
    assert found, page
    return found[1]


def words(page: str) -> str:
    """The text of a page, its marks left out."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


async def test_the_cell_shows_what_was_in_force_and_known_on_every_pair_of_days(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    shown: list[tuple[str, str, str]] = []
    for valid_at, known_at, _ in TABLE:
        path = f"/policy/EC/CN?valid_at={valid_at}&known_at={known_at}"
        shown.append((valid_at, known_at, regime((await analyst.get(path)).text)))
    assert tuple(shown) == TABLE


async def test_a_look_at_the_past_says_so_and_what_it_is_today(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    path = "/policy/EC/CN?valid_at=2024-06-30&known_at=2024-06-19"
    page = words((await analyst.get(path)).text)
    assert "This is what was known on 2024-06-19" in page
    assert "Today it is: Visa-free entry suspended" in page
    assert "Will become S Visa-free entry suspended on 2024-07-01 , announced 2024-06-18" in page


async def test_the_cell_says_why_with_the_quote_marked_and_the_chain_to_the_origin(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    page = (await analyst.get("/policy/EC/CN")).text
    assert regime(page) == "Visa-free entry suspended"
    assert "inferred: visa required follows from it" in words(page)
    assert "suspending visa-free travel for Chinese citizens from July 1.</mark>" in page
    assert "cites Ecuador&#39;s Ministry of Foreign Affairs and Human Mobility" in words(page)
    assert "Overridden Introduced: Ecuador, for China: visa-free from 2016-08" in words(page)


async def test_a_sample_log_has_a_banner_and_opens_on_what_sources_published(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    page = words((await analyst.get("/policy/EC/CN")).text)
    assert "This log is named sample" in page
    assert "It opens on basis published" in page
    chosen = words((await analyst.get("/policy/EC/CN?basis=recorded")).text)
    assert "as this log knew at position" in chosen


async def test_a_destination_lists_whomever_a_rule_for_a_group_or_everybody_concerns(
    parts: Parts, analyst: Browser
) -> None:
    document = await received(parts, "Members of the union enter freely.", title="A note")
    for nationalities, name in ((["EU"], "visa-free"), (["CN"], "visa-required")):
        await recorded(
            parts,
            "policy",
            jurisdiction="EC",
            action="introduced",
            effective_from="2020-01-01",
            rule={"nationalities": nationalities, "regime": name},
            citations=[{"document": document, "quote": "enter freely"}],
        )
    await parts.settle()
    page = words((await analyst.get("/policy?destination=EC")).text)
    assert "France FR F Visa-free no visa 2020-01-01" in page
    assert "by EU" in page
    assert "China CN V Visa required a visa 2020-01-01" in page
    assert "United Kingdom GB ? Unknown" in page  # no member any more
    assert "Colombia CO" not in page


async def test_a_nationality_lists_the_destinations_with_facts_about_it(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    page = words((await analyst.get("/policy?nationality=China&valid_at=2024-06-30")).text)
    assert "Where nationals of China may enter" in page
    assert "Ecuador EC F Visa-free no visa 2016-08" in page
    assert "S Visa-free entry suspended 2024-07-01" in page


async def test_the_start_shows_what_changed_what_waits_and_where_facts_are(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    page = (await analyst.get("/")).text
    assert "Suspended: Ecuador, for China" in page
    assert '<a href="/policy/EC/CN">Ecuador for China</a>' in page
    assert "Nothing on record takes effect or ends from today on." in page
    assert '<a href="/inbox">3 drafts</a> to decide on' in page
    assert '<a href="/policy?destination=EC">Ecuador</a>' in page


async def test_destination_and_nationality_together_lead_to_their_page(analyst: Browser) -> None:
    asked = {"destination": "Ecuador (EC)", "nationality": "chn", "valid_at": "2024-06-30"}
    answer = await analyst.get("/policy", params=asked, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/policy/EC/CN?valid_at=2024-06-30"


async def test_an_empty_log_says_that_nothing_is_known_and_what_to_do(analyst: Browser) -> None:
    assert "No entry rule is on record yet" in (await analyst.get("/policy")).text
    assert "Nothing is on record about entry to Ecuador" in words(
        (await analyst.get("/policy?destination=EC")).text
    )
    page = (await analyst.get("/policy/EC/CN")).text
    assert regime(page) == "Unknown"
    assert "No fact was known" in page


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/policy?destination=Atlantis", "destination: &#39;Atlantis&#39; is not a country code"),
        ("/policy?nationality=%00", "nationality: "),
        ("/policy/EC/XQ", "nationality: &#39;XQ&#39; is not a country code"),
        ("/policy/EC/CN?valid_at=2024-02-30", "valid_at: &#39;2024-02-30&#39; is not a day"),
        ("/policy/EC/CN?known_at=soon", "known_at: &#39;soon&#39; is not a date"),
        ("/policy/EC/CN?basis=guessed", "basis: &#39;guessed&#39; is neither"),
        ("/policy?destination=%ED%A0%80", "destination: "),
    ],
)
async def test_what_cannot_be_asked_is_refused_in_one_sentence(
    analyst: Browser, path: str, sentence: str
) -> None:
    answer = await analyst.get(path)
    assert answer.status_code == 400
    assert sentence in answer.text


async def test_a_page_claims_to_know_no_more_than_the_views_have_read(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    read = await parts.reader.head()
    await received(parts, "Something new.", title="Not read yet")
    page = words((await analyst.get("/policy/EC/CN?basis=recorded")).text)
    assert f"as this log knew at position {read})" in page
    assert f"Log position {read} of {read + 1}: newer events are still being read in" in page


async def test_what_disagrees_with_the_answer_is_shown_as_such(
    parts: Parts, analyst: Browser
) -> None:
    document = await received(parts, "It begins. A traveller was sent back.", title="A note")
    rule = {"nationalities": ["CN"], "regime": "visa-free"}
    cited = [{"document": document, "quote": "It begins"}]
    await recorded(parts, "policy", jurisdiction="EC", action="introduced", rule=rule,
                   effective_from="2020-01-01", citations=cited)  # fmt: skip
    seen = {**rule, "regime": "visa-required"}
    cited = [{"document": document, "quote": "A traveller was sent back"}]
    await recorded(parts, "observation", jurisdiction="EC", observed_on="2024-03-01", rule=seen,
                   citations=cited)  # fmt: skip
    await parts.settle()
    page = (await analyst.get("/policy/EC/CN")).text
    assert regime(page) == "Visa-free"
    assert '<span class="flag alarm">disputed</span>' in page
    assert "Observed otherwise V Visa required on 2024-03-01" in words(page)
    assert "Disagrees (observed) Observed on 2024-03-01: Ecuador" in words(page)
    assert "disputed" in (await analyst.get("/policy?destination=EC")).text

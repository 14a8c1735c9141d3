"""Visits to pages, from a teaser in a feed to what stands in the log."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from feeds.add import fetch_document
from projections.views.documents import Document
from tests.feeds.newspaper import LEAD, REST, SUSPENSION, Desk, desk_at
from tests.place import Place
from tests.projections.folding import event_id
from tests.tracker.erasing.world import where
from tracker.domain.document import DocumentRevised
from tracker.domain.fact import RecordFact
from tracker.domain.feed import AddFeed, ChangeFeed
from tracker.domain.statement import StatementMade
from tracker.domain.values import Citation


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with desk_at(place) as opened:
        yield opened


async def test_the_text_of_a_teasers_page_takes_its_place_and_both_are_kept(desk: Desk) -> None:
    desk.paper.report("a", LEAD, LEAD, SUSPENSION, REST)
    assert await desk.poll() == (1, 0, 1)
    assert await desk.drafts() == []
    (visited,) = await desk.read()

    assert (visited.outcome, visited.drafts) == ("article", 1)
    received, revised = await desk.versions((await desk.documents())["a"].document)
    assert revised.page == f"{desk.paper.base}a"
    assert (received.names, revised.names) == ((), ("CN", "EC"))
    assert await desk.text(received.text_sha256) == f"About a\n\n{LEAD}"
    assert revised.teaser_sha256 == received.text_sha256
    assert "<channel>" in await desk.text(received.raw_sha256)
    assert "<article>" in await desk.text(revised.raw_sha256)
    text = await desk.text(revised.text_sha256)
    assert text == f"About a\n\n{LEAD}\n\n{SUSPENSION}\n\n{REST}"
    (draft,) = await desk.drafts()
    first = text.index(SUSPENSION)
    for start, end in (pair for pairs in draft.spans.values() for pair in pairs):
        assert first <= start < end <= first + len(SUSPENSION)
    # The feed still gives the teaser: nothing about it is new.
    assert await desk.poll() == (0, 0, 0)
    assert await desk.read() == []
    # Whoever died after the append makes the visit again.
    await desk.parts.pages.want(revised.document, "127.0.0.1")
    assert [v.outcome for v in await desk.read()] == ["unchanged"]
    assert len(await desk.versions(revised.document)) == 2


async def test_a_page_that_fails_keeps_the_teaser_and_is_tried_again(desk: Desk) -> None:
    desk.paper.report("a", SUSPENSION, LEAD, SUSPENSION, REST)
    desk.paper.pages["a"] = 503
    await desk.poll()
    (visited,) = await desk.read()
    assert visited.outcome == "http-error"
    document = (await desk.documents())["a"]
    state = await desk.page(document.document)
    assert (state.failures, state.message) == (
        1,
        f"{desk.paper.base}a answered 503 Service Unavailable",
    )
    assert state.next_at
    assert desk.now() < state.next_at < desk.now() + timedelta(minutes=16)
    assert await desk.drafts() == []

    desk.paper.pages["a"] = [LEAD, SUSPENSION, REST]
    (visited,) = await desk.read(after=timedelta(minutes=16))
    assert (visited.outcome, visited.drafts) == ("article", 1)


async def test_a_page_whose_document_never_came_is_given_up(desk: Desk) -> None:
    # Whoever wanted it died before the document was on record.
    await desk.parts.pages.want(event_id(1), "127.0.0.1")
    visits = [v for hours in (0, 1, 2, 10) for v in await desk.read(after=timedelta(hours=hours))]
    assert {v.outcome for v in visits} == {"not-yet"}
    assert (await desk.page(event_id(1))).next_at is None


async def test_a_page_that_goes_on_failing_is_given_up_and_the_teaser_is_read(desk: Desk) -> None:
    desk.paper.report("a", SUSPENSION)
    desk.paper.pages["a"] = 404
    await desk.poll()
    visits = [v for hours in (0, 1, 2, 10) for v in await desk.read(after=timedelta(hours=hours))]

    assert [v.outcome for v in visits] == ["http-error"] * 4
    assert [v.drafts for v in visits] == [0, 0, 0, 1]
    assert (await desk.page((await desk.documents())["a"].document)).next_at is None
    assert await desk.read(after=timedelta(days=100)) == []


async def test_a_page_that_says_no_more_than_the_item_leaves_the_item_as_it_is(
    desk: Desk,
) -> None:
    desk.paper.report("a", f"{SUSPENSION} {LEAD} {LEAD}", SUSPENSION)
    await desk.poll()
    (visited,) = await desk.read()
    assert (visited.outcome, visited.drafts) == ("says-no-more", 1)
    (only,) = await desk.versions((await desk.documents())["a"].document)
    assert only.page is None


async def test_a_changed_teaser_beside_its_page_has_the_page_read_again(desk: Desk) -> None:
    desk.paper.report("a", LEAD, LEAD, REST)
    await desk.poll()
    await desk.read()
    desk.paper.report("a", f"Update: {LEAD}", LEAD, SUSPENSION, REST)
    assert await desk.poll() == (0, 1, 1)
    document = (await desk.documents())["a"]
    assert document.page
    assert await desk.text(document.text_sha256) == f"About a\n\n{LEAD}\n\n{REST}"
    assert await desk.text(document.teaser_sha256) == f"About a\n\nUpdate: {LEAD}"
    (visited,) = await desk.read()
    assert (visited.outcome, visited.drafts) == ("revised", 1)
    diffs = [getattr(v, "diff", None) for v in await desk.versions(document.document)]
    assert diffs == [None, "article", "substantive", "substantive"]
    assert await desk.poll() == (0, 0, 0)


async def test_robots_txt_is_kept_to_also_where_a_page_redirects(desk: Desk) -> None:
    desk.paper.robots = "User-agent: *\nDisallow: /private\n"
    desk.paper.report("private-a", SUSPENSION, LEAD, REST)
    desk.paper.report("b", SUSPENSION, LEAD, REST)
    desk.paper.elsewhere["b"] = "/private-a"
    await desk.poll()
    visits = await desk.read()

    assert [(v.outcome, v.drafts) for v in visits] == [("disallowed", 1), ("disallowed", 1)]
    assert desk.paper.count("private-a") == 0
    assert desk.paper.count("robots.txt") == 1
    assert "does not let us" in visits[0].message
    assert await desk.read(after=timedelta(days=2)) == []


async def test_the_host_is_asked_for_one_page_after_the_other(place: Place) -> None:
    async with desk_at(place, spacing_s=60) as desk:
        for name in "abc":
            desk.paper.report(name, LEAD, LEAD, REST)
        await desk.poll()
        desk.ahead += timedelta(seconds=61)
        assert len(await desk.visiting.once()) == 1
        assert await desk.visiting.once() == []
        desk.ahead += timedelta(seconds=61)
        assert len(await desk.visiting.once()) == 1


async def test_a_visit_is_given_to_one_visitor_only(desk: Desk) -> None:
    desk.paper.report("a", LEAD, LEAD, REST)
    await desk.poll()
    pages = desk.parts.pages
    (first,) = await pages.claim(10, timedelta(minutes=3))
    assert await pages.claim(10, timedelta(minutes=3)) == []
    desk.ahead += timedelta(minutes=4)  # the first one died
    (second,) = await pages.claim(10, timedelta(minutes=3))
    assert second.fence == first.fence + 1


async def test_a_clock_that_was_ahead_keeps_no_page_from_its_visit(desk: Desk) -> None:
    desk.paper.report("a", LEAD, LEAD, REST)
    await desk.poll()
    desk.ahead += timedelta(days=999)
    assert len(await desk.parts.pages.claim(10, timedelta(minutes=3))) == 1
    desk.ahead -= timedelta(days=999)  # and whoever made it died
    assert await desk.parts.pages.claim(10, timedelta(minutes=3)) == []
    desk.ahead += timedelta(minutes=3)
    assert len(await desk.parts.pages.claim(10, timedelta(minutes=3))) == 1


async def test_pages_that_are_wanted_no_more_are_left_and_the_teaser_is_read(desk: Desk) -> None:
    desk.paper.report("a", SUSPENSION, LEAD, REST)
    await desk.poll()
    change = ChangeFeed(feed=desk.feed, article="never")
    await desk.parts.executor.execute(change, await desk.parts.operator())
    (visited,) = await desk.read()
    assert (visited.outcome, visited.drafts) == ("no-page", 1)
    assert desk.paper.count("a") == 0


async def test_terms_decide_what_is_drafted_and_never_what_is_kept(place: Place) -> None:
    async with desk_at(place, article="never", include=("visa-free",), exclude=("peru",)) as desk:
        desk.paper.report("a", SUSPENSION)
        desk.paper.report("b", SUSPENSION.replace("Ecuador", "Peru"))
        desk.paper.report("c", SUSPENSION.replace("visa-free entry", "the visa exemption"))
        assert await desk.poll() == (3, 0, 0)
        assert set(await desk.documents()) == {"a", "b", "c"}
        (draft,) = await desk.drafts()
        assert draft.document == (await desk.documents())["a"].document


async def test_the_terms_of_a_feed_are_looked_for_in_the_article(place: Place) -> None:
    async with desk_at(place, include=("visa-free",)) as desk:
        desk.paper.report("a", LEAD, LEAD, SUSPENSION, REST)
        await desk.poll()
        assert [v.drafts for v in await desk.read()] == [1]


async def test_an_article_stays_where_pages_are_wanted_no_more(desk: Desk) -> None:
    desk.paper.report("a", LEAD, LEAD, REST)
    await desk.poll()
    await desk.read()
    read = (await desk.documents())["a"]
    change = ChangeFeed(feed=desk.feed, article="never")
    await desk.parts.executor.execute(change, await desk.parts.operator())
    desk.paper.teasers["a"] = LEAD.upper()
    assert await desk.poll() == (0, 1, 0)
    now = (await desk.documents())["a"]
    assert (now.last_diff, now.text_sha256, now.page) == ("cosmetic", read.text_sha256, read.page)


async def test_a_page_that_was_added_by_hand_is_looked_at_again_once_it_is_cited(
    desk: Desk,
) -> None:
    desk.paper.pages["a"] = [LEAD, SUSPENSION, REST]
    parts, actor = desk.parts, await desk.parts.operator()
    url = f"{desk.paper.base}a"
    handed = await fetch_document(parts.session, url, parts.guard, parts.clock)
    added = await parts.add_document(handed, actor)
    assert await desk.read(after=timedelta(days=2)) == []
    cited = Citation(document=added.document, quote=SUSPENSION)
    fact = StatementMade(speaker="A Minister", text="So.", verbatim="verbatim", citations=(cited,))
    await parts.executor.execute(RecordFact(fact=fact), actor)

    assert [v.outcome for v in await desk.read()] == ["unchanged"]
    desk.paper.pages["a"] = [LEAD, REST]
    assert [v.outcome for v in await desk.read(after=timedelta(days=7))] == ["revised"]
    *_, revised = await desk.versions(added.document)
    assert isinstance(revised, DocumentRevised)
    assert [g.citation for g in revised.gone] == [0]


async def test_what_was_erased_leaves_neither_teaser_nor_page_and_is_visited_no_more(
    desk: Desk, place: Place
) -> None:
    desk.paper.report("a", f"{LEAD} Zacharias saw it.", LEAD, SUSPENSION, "Quillfeather too.", REST)
    await desk.poll()
    await desk.read()
    # The page of another item links to it, which makes it no response of the feed.
    desk.paper.report("b", LEAD, LEAD, REST, f"See also {desk.paper.base}a there.")
    desk.paper.teasers.pop("a")
    await desk.poll()
    await desk.read()
    found = await desk.documents()
    erasing = desk.parts.erasing.erase
    await erasing(UUID(found["a"].document), "a request", await desk.parts.operator())

    assert where(place, "Zacharias") == where(place, "Quillfeather") == set()
    assert await desk.parts.evidence.get(found["b"].raw_sha256) is not None
    desk.paper.report("a", "Zacharias again.", LEAD, "Quillfeather again.", REST)
    assert await desk.poll() == (0, 0, 0)
    assert await desk.read(after=timedelta(days=2)) == []
    assert where(place, "Zacharias") == where(place, "Quillfeather") == set()
    assert await desk.parts.pages.state(found["a"].document) is None


async def test_two_papers_that_print_one_report_have_it_in_one_cluster(
    desk: Desk,
) -> None:
    desk.paper.report("a", LEAD, LEAD, SUSPENSION, REST)
    await desk.poll()
    await desk.read()
    other = await desk.parts.executor.execute(
        AddFeed(url=f"{desk.paper.base}mirror/feed.xml", article="never"),
        await desk.parts.operator(),
    )
    desk.paper.teasers["a"] = f"{LEAD} {SUSPENSION} {REST}"
    await desk.polling.poll_now(getattr(other.events[0].event, "feed", ""))
    await desk.parts.settle()
    found = await desk.parts.views.select(Document)
    assert len(found) == 2
    assert len({d.feed for d in found}) == 2
    (cluster,) = {d.cluster for d in found}
    assert cluster in {d.document for d in found}


async def test_a_guid_that_a_feed_uses_again_for_another_report_is_another_document(
    desk: Desk,
) -> None:
    desk.paper.guids["storm"] = desk.paper.guids["vote"] = "today"
    desk.paper.report("storm", "Trees fell and roads were closed in the whole of the north.")
    assert await desk.poll() == (1, 0, 1)
    del desk.paper.teasers["storm"]
    desk.paper.report("vote", "Minister resigns after parliament has decided against him.")
    assert await desk.poll() == (1, 0, 1)
    assert await desk.poll() == (0, 0, 0)

"""What happens to a document while its page is on its way or is read."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from feeds.articles import Articles
from feeds.citing import Citing
from feeds.worker import Parser
from tests.feeds.newspaper import LEAD, REST, SUSPENSION, Desk, desk_at
from tests.place import Place
from tests.projections.folding import event_id
from tests.tracker.erasing.world import where
from tracker.tables.pages import Cited, VisitOutcome


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with desk_at(place) as opened:
        yield opened


async def test_a_page_that_is_cited_while_it_is_visited_is_looked_at_again(desk: Desk) -> None:
    pages, document, cited_at = desk.parts.pages, event_id(1), desk.now()
    await pages.want(document, "127.0.0.1")
    (visit,) = await pages.claim(1, timedelta(minutes=3))
    await pages.cite([Cited(document, "127.0.0.1", cited_at, None)])
    look = cited_at + timedelta(days=1)
    outcome = VisitOutcome(outcome="article", message="", next_at=None, next_if_cited=look)
    assert await pages.finish(visit, outcome)
    assert (await desk.page(document)).next_at == look

    desk.ahead += timedelta(days=2)
    (visit,) = await pages.claim(1, timedelta(minutes=3))
    assert await pages.finish(visit, outcome)
    assert (await desk.page(document)).next_at is None


async def test_a_text_that_costs_too_much_to_read_gives_no_drafts_and_stays(desk: Desk) -> None:
    desk.paper.report("a", f"{SUSPENSION} {LEAD}")
    await desk.poll()
    (version,) = await desk.versions((await desk.documents())["a"].document)
    parts = desk.parts
    text = f"{SUSPENSION} " + "x" * 45_000_000
    long = msgspec.structs.replace(version, text_sha256=await parts.evidence.keep(text.encode()))
    async with Parser(memory_bytes=300 << 20) as parser:
        articles = Articles(
            executor=parts.executor, evidence=parts.evidence, parser=parser,
            citing=Citing(parts.reader, parts.pages, parts.clock), actor=await parts.operator(),
        )  # fmt: skip
        assert await articles.read_teaser(long, None) == 0
        assert await articles.read_teaser(version, None) == 1


async def test_what_is_erased_while_its_page_is_on_its_way_is_not_kept(
    desk: Desk, place: Place
) -> None:
    desk.paper.report("a", LEAD, LEAD, "Quillfeather was there.", REST)
    await desk.poll()
    document, actor = (await desk.documents())["a"].document, await desk.parts.operator()
    erasing = desk.parts.erasing.erase
    desk.paper.meanwhile = lambda: erasing(UUID(document), "a request", actor)
    assert [v.outcome for v in await desk.read(after=timedelta(days=1))] == ["erased"]
    assert desk.paper.count("a") == 1
    assert where(place, "Quillfeather") == set()
    assert await desk.parts.pages.state(document) is None

"""A fact quotes an article; when the article drops the words, every door says so at the fact."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from projections.views import documents
from projections.views.documents import Band, Document, Likeness, Unborne
from tests.feeds.newspaper import LEAD, REST, SUSPENSION, Desk, desk_at
from tests.place import Place
from tests.projections.folding import fold_all
from tracker.console.visits import COOKIE
from tracker.domain.base import EVERYTHING
from tracker.domain.catalog import fact_from
from tracker.domain.correction import citations
from tracker.domain.reviewing import AcceptDraft
from tracker.tables.users import User
from tracker.web import application

POSTPONED = SUSPENSION.replace("July 1", "August 1")
GONE = "The newest version of this document does not say"


class Doors:
    """What the API and the console say, to somebody who signs in each time."""

    def __init__(self, desk: Desk, client: AsyncTestClient[Litestar], ana: User) -> None:
        self._desk = desk
        self._client = client
        self._ana = ana

    async def gone(self, fact: str) -> list[Any]:
        """The quotes that are gone, which all of them must agree on."""
        await self._desk.parts.settle()
        event = await self._json(f"/api/v1/events/{fact}")
        timeline = await self._json("/api/v1/timeline?type=policy-changed")
        of_timeline = {e["event"]: e["gone_quotes"] for e in timeline["events"]}
        assert of_timeline[fact] == event["gone_quotes"]
        assert (await self._page(f"/events/{fact}")).count(GONE) == len(event["gone_quotes"])
        return event["gone_quotes"]

    async def visited(self, document: str) -> Any:
        """How the last visit to the page went, which the document's own page says too."""
        state = await self._json(f"/api/v1/documents/{document}/page")
        assert state["message"] in await self._page(f"/documents/{document}")
        return state

    async def _json(self, path: str) -> Any:
        token = await self._desk.parts.users.issue(self._ana, "token")
        answer = await self._client.get(path, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        return answer.json()

    async def _page(self, path: str) -> str:
        session = await self._desk.parts.users.issue(self._ana, "session")
        self._client.cookies.set(COOKIE, session)
        answer = await self._client.get(path)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
async def desk(place: Place) -> AsyncIterator[Desk]:
    async with desk_at(place) as opened:
        yield opened


@pytest.fixture
async def doors(desk: Desk) -> AsyncIterator[Doors]:
    ana = await desk.parts.users.create("Ana", "analyst")
    async with AsyncTestClient(application(desk.parts)) as client:
        yield Doors(desk, client, ana)


async def fact_of(desk: Desk, document: str) -> str:
    """The fact that a document's draft was made into."""
    (draft,) = [d for d in await desk.drafts() if d.document == document]
    command = AcceptDraft(draft=draft.draft, proposed=fact_from(draft.fact_type, draft.fact))
    done = await desk.parts.executor.execute(command, await desk.parts.operator())
    return str(done.events[0].id)


async def test_a_fact_says_that_its_quote_is_gone_and_that_it_is_back(
    desk: Desk, doors: Doors
) -> None:
    desk.paper.robots = "User-agent: *\nDisallow: /private\n"
    desk.paper.report("ecuador", LEAD, LEAD, SUSPENSION, REST)
    desk.paper.report("private", LEAD, LEAD, POSTPONED, REST)
    await desk.poll()
    outcomes = sorted(v.outcome for v in await desk.read())
    assert outcomes == ["article", "disallowed"]
    assert desk.paper.count("private") == 0

    document = (await desk.documents())["ecuador"]
    article = await desk.text(document.text_sha256)
    fact = await fact_of(desk, document.document)
    (recorded,) = await desk.parts.reader.by_ids([UUID(fact)])
    (citation,) = citations(recorded.event)
    assert article[citation.start : citation.end] == citation.quote
    assert citation.quote not in await desk.text(document.teaser_sha256)
    received, revised = await desk.versions(document.document)
    assert LEAD in await desk.text(received.raw_sha256)
    assert SUSPENSION in await desk.text(revised.raw_sha256)
    assert await doors.gone(fact) == []

    (visited,) = await desk.read(after=timedelta(days=1))
    assert visited.outcome == "unchanged"
    desk.paper.pages["ecuador"] = [LEAD, POSTPONED, REST]
    (visited,) = await desk.read(after=timedelta(days=6))
    assert visited.outcome == "revised"
    (gone,) = await doors.gone(fact)
    newest = (await desk.documents())["ecuador"]
    assert (gone["quote"], gone["document"]) == (citation.quote, document.document)
    assert gone["since"] == newest.position
    assert newest.last_diff == "substantive"

    desk.paper.pages["ecuador"] = [LEAD, SUSPENSION, REST]
    (visited,) = await desk.read(after=timedelta(days=23))
    assert visited.outcome == "revised"
    assert await doors.gone(fact) == []
    shown = await doors.visited(document.document)
    assert shown["outcome"] == "revised"
    # After a month nobody looks any more.
    assert await desk.read(after=timedelta(days=300)) == []
    await folded_again(desk)


async def test_a_draft_that_is_accepted_after_its_words_were_dropped_says_so(
    desk: Desk, doors: Doors
) -> None:
    desk.paper.report("ecuador", LEAD, LEAD, SUSPENSION, REST)
    await desk.poll()
    await desk.read()
    document = (await desk.documents())["ecuador"].document
    desk.paper.report("ecuador", f"Update: {LEAD}", LEAD, REST)
    await desk.poll()
    (visited,) = await desk.read()
    assert visited.outcome == "revised"

    fact = await fact_of(desk, document)

    (gone,) = await doors.gone(fact)
    assert gone["quote"] in SUSPENSION
    (recorded,) = await desk.parts.reader.by_ids([UUID(fact)])
    assert gone["since"] == recorded.position
    await folded_again(desk)


async def folded_again(desk: Desk) -> None:
    """The log alone gives the same rows."""
    log = await desk.parts.reader.read_all(EVERYTHING, before=await desk.parts.reader.head())
    rows = fold_all(documents.VIEW, log)
    for kind in (Document, Likeness, Band, Unborne):
        live = await desk.parts.views.select(kind, order=kind.key)
        assert rows.of(kind) == live

"""The feeds: how each is, a look before one is added, what is set for one, and lists of them."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from feeds.lists import given_out, take_in
from feeds.opml import LARGEST_BYTES
from feeds.preview import Preview
from tracker.console.feed_settings import change_of, fields_of, settings_of
from tracker.console.site import AnyRequest, page, pages, with_query
from tracker.console.visits import GivenParts, Visit, arrive, decider, posted_file
from tracker.domain.base import Command
from tracker.domain.errors import Refused
from tracker.domain.feed import AddFeed, PauseFeed, RemoveFeed, ResumeFeed
from tracker.parts import FeedStanding, Parts

_PAGE = 200
_TROUBLE = ("failing", "late", "quiet")
_DONE = {
    "added": "The feed is polled from now on.",
    "changed": "Changed.",
    "paused": "Paused: it is not polled until it is resumed.",
    "resumed": "Resumed.",
    "hurried": "It is polled in a moment; reload the page to see how that went.",
}


class Shelf(msgspec.Struct, frozen=True):
    """The feeds of one category."""

    category: str
    feeds: list[FeedStanding]


@get("/feeds")
async def feeds(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Every feed with how it is, by category; what is in trouble stands first in its own."""
    visit = await arrive(request, parts)
    known = await parts.feeds()
    wanted = request.query_params.get("q", "").strip()
    level = request.query_params.get("level", "")
    fitting = [one for one in known if _fits(one, wanted) and level in ("", one.health.level)]
    levels = [one.health.level for one in known]
    return page(
        request,
        "feeds.html",
        visit=visit,
        shelves=_shelved(sorted(fitting, key=_trouble_first)[:_PAGE]),
        more=max(len(fitting) - _PAGE, 0),
        tally={level: levels.count(level) for level in dict.fromkeys(sorted(levels))},
        total=len(known),
        wanted=wanted,
        level=level,
        removed=request.query_params.get("done") == "removed",
        twin="/api/v1/feeds",
    )


def _fits(one: FeedStanding, wanted: str) -> bool:
    said = (one.feed.title, one.feed.url, one.feed.category, one.feed.publisher)
    return wanted.casefold() in " ".join(word for word in said if word).casefold()


def _shelved(known: Sequence[FeedStanding]) -> list[Shelf]:
    by_category: defaultdict[str, list[FeedStanding]] = defaultdict(list)
    for one in known:
        by_category[one.feed.category or ""].append(one)
    return [
        Shelf(category, sorted(by_category[category], key=_trouble_first))
        for category in sorted(by_category, key=lambda name: (not name, name))
    ]


def _trouble_first(one: FeedStanding) -> tuple[bool, str]:
    return (one.health.level not in _TROUBLE, (one.feed.title or one.feed.url).casefold())


@get("/feeds/test")
async def blank(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """The form for a look at an address; nothing is fetched until it is sent."""
    visit = await arrive(request, parts)
    return _tested(request, visit, request.query_params.get("url", ""), None)


@post("/feeds/test", status_code=200)
async def test(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """What a feed would give, with the form to add it; or the feeds that a page names."""
    visit, fields = await decider(request, parts)
    url = fields.get("url", "").strip()
    return _tested(request, visit, url, await parts.preview(url))


def _tested(request: AnyRequest, visit: Visit, url: str, found: Preview | None) -> Response[str]:
    title = found.title if found else None
    return page(
        request,
        "feed-test.html",
        visit=visit,
        url=url,
        found=found,
        fields=fields_of({"title": title} if title else {}),
    )


@post("/feeds", status_code=303)
async def add(request: AnyRequest, parts: GivenParts) -> Redirect:
    """Poll a feed from now on."""
    visit, fields = await decider(request, parts)
    url = fields.get("url", "").strip()
    parts.guard.check_url(url)
    command = AddFeed(url=url, **settings_of(fields))
    done = await parts.executor.execute(command, visit.user.actor())
    await parts.settle(done.position)
    return _to(getattr(done.events[0].event, "feed", ""), "added")


@get("/feeds/{feed:str}")
async def one_feed(request: AnyRequest, parts: GivenParts, feed: FromPath[str]) -> Response[str]:
    """One feed: how it is, what is set for it and what can be done with it."""
    visit = await arrive(request, parts)
    one = await parts.feed(feed)
    return page(
        request,
        "feed.html",
        visit=visit,
        one=one,
        fields=fields_of(msgspec.structs.asdict(one.feed)),
        notice=_DONE.get(request.query_params.get("done", "")),
        twin=f"/api/v1/feeds/{one.feed.feed}",
    )


@post("/feeds/{feed:str}/change", status_code=303)
async def change(request: AnyRequest, parts: GivenParts, feed: FromPath[str]) -> Redirect:
    """Set what the form says; an empty field is left to the feed and the program."""
    visit, fields = await decider(request, parts)
    return await _decided(parts, visit, change_of(feed, fields), "changed")


@post("/feeds/{feed:str}/pause", status_code=303)
async def pause(request: AnyRequest, parts: GivenParts, feed: FromPath[str]) -> Redirect:
    """Do not poll a feed for now."""
    visit, fields = await decider(request, parts)
    reason = fields.get("reason", "").strip()
    if not reason:
        raise Refused("reason: say why, others will wonder", field="reason")
    return await _decided(parts, visit, PauseFeed(feed=feed, reason=reason), "paused")


@post("/feeds/{feed:str}/resume", status_code=303)
async def resume(request: AnyRequest, parts: GivenParts, feed: FromPath[str]) -> Redirect:
    """Poll a paused feed again."""
    visit, _ = await decider(request, parts)
    return await _decided(parts, visit, ResumeFeed(feed=feed), "resumed")


@post("/feeds/{feed:str}/poll", status_code=303)
async def hurry(request: AnyRequest, parts: GivenParts, feed: FromPath[str]) -> Redirect:
    """Poll a feed at the next tick."""
    await decider(request, parts)
    await parts.schedule.hurry((await parts.feed(feed)).feed.feed)
    return _to(feed, "hurried")


@post("/feeds/{feed:str}/remove", status_code=303)
async def remove(request: AnyRequest, parts: GivenParts, feed: FromPath[str]) -> Redirect:
    """Do not poll a feed any more; what it brought stays, its headers and proxy go."""
    visit, _ = await decider(request, parts)
    done = await parts.executor.execute(RemoveFeed(feed=feed), visit.user.actor())
    await parts.ways.table.forget([feed])
    await parts.settle(done.position)
    return Redirect(with_query("/feeds", [("done", "removed")]), status_code=303)


@get("/feeds/opml")
async def give(request: AnyRequest, parts: GivenParts) -> Response[bytes]:
    """All feeds as a file."""
    await arrive(request, parts)
    return Response(
        await given_out(parts.reader, parts.clock),
        media_type="text/x-opml; charset=utf-8",
        headers={
            "Cache-Control": "private, no-cache",
            "Content-Disposition": 'attachment; filename="feeds.opml"',
        },
    )


@post("/feeds/opml", status_code=200)
async def take(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Add the feeds of a file, and say what became of each that could not be used."""
    visit = await arrive(request, parts)
    visit.user.must_be("analyst")
    taken = await take_in(
        await posted_file(request, visit, "list", LARGEST_BYTES),
        executor=parts.executor,
        guard=parts.guard,
        actor=visit.user.actor(),
    )
    await parts.settle(taken.position)
    return page(request, "feed-list.html", visit=visit, taken=taken)


async def _decided(parts: Parts, visit: Visit, command: Command, what: str) -> Redirect:
    done = await parts.executor.execute(command, visit.user.actor())
    await parts.settle(done.position)
    return _to(getattr(command, "feed", ""), what)


def _to(feed: str, what: str) -> Redirect:
    return Redirect(with_query(f"/feeds/{feed}", [("done", what)]), status_code=303)


PAGE = pages(
    feeds, blank, test, add, give, take, one_feed, change, pause, resume, hurry, remove
)  # fmt: skip

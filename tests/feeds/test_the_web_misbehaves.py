"""Whatever a server does, the poll says which it was, and when and why the feed is asked again.

One table: each case with its outcome, the wait until the next attempt, the reason for that wait, and
the message. All feeds are asked once an hour at most; it is noon on a Thursday. What moves a feed or
needs a certificate stands in test_feeds_that_move.py.
"""

import gzip
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from aiohttp import web

from tests.feeds.test_parse import BOMB, RSS
from tests.feeds.web import HOUR_S, Answer, World, dribbled, endless, world_at
from tests.place import Place

H, DAY = HOUR_S, 24 * HOUR_S
ETAG = {"ETag": '"1"'}
HOURLY = "it is asked every 60 minutes at most"
FAILED = "the last poll failed"


class Case(NamedTuple):
    """One way to misbehave, or to ask for patience, and what is to come of it."""

    answer: Answer | str
    """What the site does, or the address of the feed."""
    outcome: str
    wait_s: int
    reason: str
    message: str
    polls: int = 1
    hurried: bool = False


def says(status: int = 200, body: str | bytes = RSS, **headers: str) -> Answer:
    """The same answer to every request; an underscore in a header's name is a hyphen."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=data, headers=named)

    return answer


def unchanged(full: dict[str, str], short: dict[str, str], body: str = RSS) -> Answer:
    """A full answer first, then 304, each with headers of its own."""

    def answer(request: web.Request) -> web.Response:
        if "If-None-Match" in request.headers:
            return web.Response(status=304, headers=ETAG | short)
        return web.Response(text=body, headers=ETAG | full)

    return answer


def rss(channel: str) -> str:
    """The feed with something more in its channel, and no other wish."""
    return RSS.replace("<ttl>60</ttl>", channel)


def hops(status: int) -> Answer:
    """Redirects without an end, each to another address."""

    def answer(request: web.Request) -> web.Response:
        depth = request.path.count("/")
        return web.Response(status=status, headers={"Location": f"{request.path}/{depth}"})

    return answer


OK, QUIET = "1 new, 0 revised", "nothing changed since the last poll"
PATIENCE: dict[str, Case] = {
    "conditional GET": Case(unchanged({}, {}), "unchanged", H, HOURLY, QUIET, polls=2),
    "Retry-After on 429": Case(
        says(429, Retry_After="7200"), "http-error", 2 * H,
        "the last poll failed", "answered 429 Too Many Requests",
    ),
    "long Retry-After on 429": Case(
        says(429, Retry_After="10000"), "http-error", 10_000,
        "the server asked for it (Retry-After: 10000)", "answered 429 Too Many Requests",
    ),
    "Retry-After on 503, a date": Case(
        says(503, Retry_After="Thu, 20 Jun 2024 15:00:00 GMT"), "http-error", 3 * H,
        "the server asked for it (Retry-After: 10800)", "answered 503 Service Unavailable",
    ),
    "Retry-After of a year": Case(
        says(503, Retry_After="31536000"), "http-error", 7 * DAY,
        "the server asked for it (Retry-After: 31536000; kept for 7 days at most)", "answered 503",
    ),
    "max-age, an hour old": Case(
        says(body=rss(""), Cache_Control="public, max-age=10800", Age="3600"), "ok", 2 * H,
        "the server asked for it (Cache-Control: public, max-age=10800)", OK,
    ),
    "max-age of a year": Case(
        says(body=rss(""), Cache_Control="max-age=31536000"), "ok", DAY,
        "the server asked for it (Cache-Control: max-age=31536000; kept for 24 hours at most)", OK,
    ),
    "max-age, but no-cache": Case(
        says(body=rss(""), Cache_Control="no-cache, max-age=10800"), "ok", H, HOURLY, OK,
    ),
    "Expires, two hours after Date": Case(
        says(body=rss(""), Expires="Thu, 20 Jun 2024 14:00:00 GMT",
             Date="Thu, 20 Jun 2024 12:00:00 GMT"),
        "ok", 2 * H, "the server asked for it (Expires: Thu, 20 Jun 2024 14:00:00 GMT)", OK,
    ),
    "Expires beside max-age": Case(
        says(body=rss(""), Expires="Fri, 21 Jun 2024 12:00:00 GMT", Cache_Control="max-age=60"),
        "ok", H, HOURLY, OK,
    ),
    "ttl": Case(
        says(body=rss("<ttl>120</ttl>")), "ok", 2 * H, "the server asked for it (ttl: 120)", OK
    ),
    "ttl, kept through a 304": Case(
        unchanged({}, {}, rss("<ttl>120</ttl>")), "unchanged", 2 * H,
        "the server asked for it (ttl: 120)", QUIET, polls=2,
    ),
    "skipHours": Case(
        says(body=rss("<skipHours><hour>13</hour><hour>14</hour></skipHours>")), "ok", 3 * H,
        "the feed asks for it (skipHours, skipDays)", OK,
    ),
    "skipDays": Case(
        says(body=rss("<skipDays><day>Thursday</day><day>Friday</day></skipDays>")), "ok",
        36 * H, "the feed asks for it (skipHours, skipDays)", OK,
    ),
    "all days skipped": Case(
        says(body=rss("<skipDays>" + "".join(
            f"<day>{day}day</day>" for day in "Mon Tues Wednes Thurs Fri Satur Sun".split()
        ) + "</skipDays>")), "ok", H, HOURLY, OK,
    ),
    "headers of a 304": Case(
        unchanged({}, {"Cache-Control": "max-age=7300"}, rss("")), "unchanged", 7300,
        "the server asked for it (Cache-Control: max-age=7300)", QUIET, polls=2,
    ),
    "Expires at the end of time, and a 304 that leaves it unsaid": Case(
        unchanged({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT",
                   "Date": "Thu, 20 Jun 2024 11:00:00 GMT"},
                  {"Date": "Thu, 20 Jun 2024 12:00:00 GMT"}, rss("")),
        "unchanged", DAY,
        "the server asked for it (Expires: Fri, 31 Dec 9999 23:59:59 GMT; "
        "kept for 24 hours at most)", QUIET, polls=2,
    ),
    "a 304 that leaves it unsaid": Case(
        unchanged({"Cache-Control": "max-age=7300"}, {}, rss("")), "unchanged", 7300,
        "the server asked for it (Cache-Control: max-age=7300)", QUIET, polls=2,
    ),
}  # fmt: skip
FAULTS: dict[str, Case] = {
    "404": Case(says(404), "http-error", 2 * H, FAILED, "answered 404 Not Found"),
    "500, three times": Case(
        says(500), "http-error", 8 * H, "the last 3 polls failed", "answered 500", polls=3
    ),
    "500, twelve times": Case(
        says(500), "http-error", DAY, "the last 12 polls failed", "answered 500", polls=12
    ),
    "redirect loop": Case(
        says(302, Location="?"), "http-error", 2 * H, FAILED, r"redirects in a circle, back to "
    ),
    "six redirects": Case(
        hops(307), "http-error", 2 * H, FAILED, "redirects more than 5 times"
    ),
    "redirect to a private address": Case(
        says(301, Location="http://10.0.0.1/"), "refused", 2 * H, FAILED,
        "feed URL refused: 10.0.0.1 is a private address",
    ),
    "slow loris": Case(
        dribbled(0.05), "timed-out", 2 * H, FAILED,
        r"sends only \d+ bytes a second", hurried=True,
    ),
    "a body that stands still": Case(
        dribbled(5), "timed-out", 2 * H, FAILED, "took too long", hurried=True
    ),
    "endless body": Case(endless, "too-large", 2 * H, FAILED, "sends more than 1,500,000 bytes"),
    "gzip bomb": Case(
        says(body=gzip.compress(b"\0" * 3_000_000), Content_Encoding="gzip"), "too-large", 2 * H,
        FAILED, r"\(2,000,000 when inflated\)",
    ),
    "wrong Content-Encoding": Case(
        says(Content_Encoding="gzip"), "bad-encoding", 2 * H, FAILED, "Content-Encoding is wrong"
    ),
    "entity bomb": Case(
        says(body=BOMB), "malformed", 2 * H, FAILED, "entities that could expand without bound"
    ),
    "1.4 MB of nested elements": Case(
        says(body=b"<rss>" + b"<a>" * 466_000), "malformed", 2 * H, FAILED,
        "nests elements more than 200 deep",
    ),
    "wrong encoding": Case(
        says(body=('<?xml version="1.0" encoding="utf-8"?>' + rss("")).encode("utf-16")), "ok", H,
        HOURLY, OK,
    ),
    "missing encoding": Case(
        says(body=rss("").replace("teaser", "Genève").encode("cp1252"), Content_Type="text/xml"),
        "ok", H, HOURLY, OK,
    ),
    "not well formed": Case(
        says(body=rss("").replace("teaser", "a & b < c")), "recovered", H, HOURLY,
        "was read as far as possible",
    ),
    "HTML challenge": Case(
        says(body="<!doctype html><title>Just a moment...</title>"), "html", 2 * H, FAILED,
        'gave an HTML page titled "Just a moment..." instead of a feed',
    ),
    "HTML challenge, 403": Case(
        says(403, "<!doctype html>", cf_mitigated="challenge"), "html", 2 * H, FAILED,
        "answered 403 with a challenge for browsers instead of the feed",
    ),
    "empty feed": Case(
        says(body='<rss version="2.0"><channel/></rss>'), "empty", H, HOURLY,
        "The feed has no items.",
    ),
    "empty body": Case(says(body=""), "malformed", 2 * H, FAILED, "The body is empty."),
    "nobody listens": Case(
        "http://127.0.0.1:1/", "unreachable", 2 * H, FAILED, "cannot be reached: "
    ),
    "DNS failure": Case(
        "http://unknown.example/", "unreachable", 2 * H, FAILED, "names a host that does not resolve"
    ),
}  # fmt: skip
BARRED = {
    "10.0.0.1": "a private address",
    "169.254.169.254": "a link-local address",
    "::ffff:a00:1": "a wrapper around 10.0.0.1, a private address",
    "64:ff9b::a00:1": "a wrapper around 10.0.0.1, a private address",
    "2002:a00:1::": "a wrapper around 10.0.0.1, a private address",
}
NAMED: dict[str, Case] = {
    f"a name of {address}": Case(
        f"http://h{number}.example/", "refused", 2 * H, FAILED,
        re.escape(f"h{number}.example resolves to {address}, which is {what}"),
    )
    for number, (address, what) in enumerate(BARRED.items())
}  # fmt: skip
Check = Callable[..., Any]


@pytest.mark.parametrize("cases", [PATIENCE, FAULTS | NAMED], ids=["patience", "faults"])
async def test_each_misbehaviour_has_its_outcome_its_next_attempt_and_its_message(
    place: Place, subtests: pytest.Subtests, cases: dict[str, Case]
) -> None:
    async with world_at(place) as world:
        world.names.answers = {f"h{n}.example": [address] for n, address in enumerate(BARRED)}
        for number, (name, case) in enumerate(cases.items()):
            with subtests.test(name):
                await _check(world, f"case{number}", case)


async def _check(world: World, path: str, case: Case) -> None:
    url = case.answer if isinstance(case.answer, str) else path
    if not isinstance(case.answer, str):
        world.site.answers[path] = case.answer
    feed = await world.feed(url)
    for _ in range(case.polls - 1):
        await world.poll(feed)
    found = await world.poll(feed, hurried=case.hurried)
    failed = case.outcome not in ("ok", "unchanged", "empty", "recovered")
    assert (found.outcome, world.wait_s(found), found.reason) == (
        case.outcome, case.wait_s, case.reason,
    )  # fmt: skip
    assert re.search(case.message, found.message or ""), found.message
    assert found.failures == (case.polls if failed else 0)


async def test_a_name_that_leads_elsewhere_at_the_next_poll_is_judged_anew(place: Place) -> None:
    async with world_at(place) as world:
        world.names.answers["news.example"] = ["127.0.0.1", "10.0.0.1"]
        world.site.answers["feed"] = says(Connection="close")
        feed = await world.feed(f"http://news.example:{world.base.rsplit(':', 1)[1]}/feed")

        assert (await world.poll(feed)).outcome == "ok"
        found = await world.poll(feed)

        assert (found.outcome, world.wait_s(found)) == ("refused", 2 * H)
        assert (found.message or "").endswith("10.0.0.1, which is a private address")

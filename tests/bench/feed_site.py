"""The feeds that the benchmark polls, in a process of their own: `python -m tests.bench.feed_site`.

`/same/N` never changes and knows its ETag; `/new/N` has twenty other items at every request.
"""

import asyncio
from itertools import count

import uvloop
from aiohttp import web

ITEMS = 20
_ETAG = '"same"'
_WORDS = (
    "The ministry said on Tuesday that visas for short stays are examined within ten days. "
    "Families who wait at the border told reporters of queues since the weekend. "
    "Airlines on the route have added flights, and hotels near the airport are full. "
)
_serial = count()


def body(serial: int) -> str:
    """An RSS document of twenty items that no other has."""
    items = "".join(
        f"<item><title>Notice {serial}-{n}</title><guid>{serial}-{n}</guid>"
        f"<link>https://news.example/{serial}/{n}</link><description>{_WORDS}{serial}-{n}."
        "</description></item>"
        for n in range(ITEMS)
    )
    return f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


async def _same(request: web.Request) -> web.Response:
    headers = {"ETag": _ETAG}
    if request.headers.get("If-None-Match") == _ETAG:
        return web.Response(status=304, headers=headers)
    text = '<rss version="2.0"><channel><title>t</title><item><guid>a</guid></item></channel></rss>'
    return web.Response(text=text, headers=headers, content_type="application/rss+xml")


async def _new(request: web.Request) -> web.Response:
    return web.Response(text=body(next(_serial)), content_type="application/rss+xml")


async def _main() -> None:
    app = web.Application()
    app.router.add_get("/same/{number}", _same)
    app.router.add_get("/new/{number}", _new)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_main())

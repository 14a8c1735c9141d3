"""A webhook receiver in a process of its own: prints its port, then the time of every request."""

import asyncio
import sys
import time

from aiohttp import web


async def hook(request: web.Request) -> web.Response:
    """Take it."""
    await request.read()
    if "--times" in sys.argv:
        sys.stdout.write(f"{time.time()}\n")
        sys.stdout.flush()
    return web.Response(status=204)


async def main() -> None:
    """Serve until killed."""
    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())

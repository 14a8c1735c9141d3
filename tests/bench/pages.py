"""The console: a policy page with map over all destinations, its weight, and a step of a slider."""

import asyncio
import gzip
import os
import re
import shutil
import statistics
import time
from collections.abc import Iterator

import aiohttp
import msgspec
import uvloop

from tests.bench.imports import copy
from tests.bench.row import Row
from tests.bench.work import FACT, opened, role
from tests.tracker.console.world import served
from tracker.clock import system_clock
from tracker.console.site import ASSETS
from tracker.console.visits import COOKIE
from tracker.domain.base import NewEvent
from tracker.domain.catalog import fact_from
from tracker.domain.countries import COUNTRIES
from tracker.domain.ids import derived, timed
from tracker.embedded import Embedded
from tracker.imports.entry import Entry
from tracker.settings import Settings
from tracker.wiring import parts_of

_NAME, _PAGE = "bench_pages", "/policy?nationality=CN"
_TIMES, _STEPS = 30, 8
_WATCH = """() => { window.picture = new Promise(done => {
    let pressed;
    addEventListener("keydown", () => { pressed = performance.now(); }, { once: true });
    new MutationObserver((_, watching) => {
        watching.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - pressed)));
    }).observe(document.querySelector("#main"), { childList: true, subtree: true });
}); }"""
"""From a key to the frame in which its picture is painted; to ask from here takes steps of 100 ms."""
_DAYS = ("2023-05-01", "2024-07-01", "2025-02-01", "2026-03-01")


def _world() -> Iterator[Entry]:
    """Four changes for Chinese citizens at each destination."""
    for code in COUNTRIES:
        if code == "CN":
            continue
        for number, day in enumerate(_DAYS):
            regime = ("visa-required", "visa-free", "e-visa", "visa-on-arrival")[number]
            fields = FACT | {
                "jurisdiction": code, "announced_on": day, "effective_from": day,
                "action": "introduced", "rule": {"nationalities": ["CN"], "regime": regime},
            }  # fmt: skip
            fact = msgspec.structs.replace(
                fact_from("policy", fields), policy=str(derived("bench-pages", code))
            )
            yield Entry("an event", NewEvent(timed(system_clock(), os.urandom(10)), fact))


async def _measured(server: Embedded) -> dict[str, float]:
    await (await opened(server, _NAME)).close()
    async with role(server, _NAME, "tracker_import") as into:
        await copy(into, _world())
    settings = Settings(data="/nonexistent")
    async with parts_of(settings, lambda r: server.url(user=r, database=_NAME)) as parts:
        await parts.settle()
        session = await parts.users.issue(await parts.users.create("Ana", "analyst"), "session")
        async with served(parts) as address:
            found = await _page(address, session)
            if shutil.which("chromium"):
                found["slider"] = await _slider(address, session)
            return found


async def _page(address: str, session: str) -> dict[str, float]:
    """Milliseconds of a page, and the compressed kilobytes of it with all that it loads."""
    taken, text = list[float](), ""
    async with aiohttp.ClientSession(cookies={COOKIE: session}) as client:
        for _ in range(_TIMES):
            started = time.perf_counter()
            async with client.get(address + _PAGE) as answer:
                text = await answer.text()
            taken.append((time.perf_counter() - started) * 1000)
    assert len(re.findall('scope="row"', text)) > 190
    loaded = [text.encode(), *(asset.content for asset in ASSETS.values())]
    weight = sum(len(gzip.compress(content, 5)) for content in loaded) / 1000
    return {"page": statistics.median(taken), "weight": weight}


async def _slider(address: str, session: str) -> float:
    """Milliseconds from a key on the slider to the new picture."""
    from playwright.async_api import async_playwright

    taken: list[float] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = await browser.new_context(viewport={"width": 1280, "height": 900})
        await context.add_cookies([{"name": COOKIE, "value": session, "url": address}])
        page = await context.new_page()
        await page.goto(address + _PAGE)
        slider = page.locator("#slider-valid_at")
        for number in range(_STEPS):
            await page.evaluate(_WATCH)
            await slider.press("ArrowLeft" if number % 4 < 2 else "ArrowRight")
            taken.append(await page.evaluate("picture"))
            await asyncio.sleep(0.3)
        await browser.close()
    return statistics.median(taken)


def rows(server: Embedded) -> Iterator[Row]:
    """What a person waits for; there is no peer."""
    found = uvloop.run(_measured(server))
    yield Row.of("pages", "policy page with map, 249 destinations, p50", found["page"], "ms")
    yield Row.of("pages", "weight of that page and all it loads, compressed", found["weight"], "KB")
    if "slider" in found:
        yield Row.of("pages", "slider step to new picture, p50", found["slider"], "ms")

"""`make screenshots`: every page of the console on the sample, photographed into docs/screenshots."""

import asyncio
import re
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.stories.tracker_process import ROOT, tracker, up
from tests.tracker.console.window import CHROMIUM

FOLDER = ROOT / "docs" / "screenshots"
LARGEST_BYTES = 100_000
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 780}
# A name, where to begin, and what is clicked there to arrive; a picture that two places give is one.
PAGES = (
    ("start", "/", ()),
    ("policy", "/policy?destination=EC", ()),
    ("matrix", "/policy/matrix", ()),
    ("cell", "/policy/EC/CN", ()),
    ("past", "/policy/EC/CN?valid_at=2024-06-30&known_at=2024-06-19", ()),
    ("events", "/events", ()),
    ("event", "/events?type=policy-changed", (".line",)),
    ("figures", "/stats", ()),
    ("series", "/stats/series?metric=border-entries&geography=EC&counterpart=CN", ()),
    ("statements", "/statements", ()),
    ("incidents", "/incidents", ()),
    ("calendar", "/calendar?all=1", ()),
    ("conflicts", "/conflicts", ()),
    ("document", "/policy/EC/CN", (".source figcaption a",)),
    ("record", "/record", ()),
    ("inbox", "/inbox", ()),
    ("feeds", "/feeds", ()),
    ("feed", "/feeds", (".feeds h2 a",)),
    ("alerts", "/alerts", ()),
    ("subscription", "/alerts", (".feeds h2 a",)),
    ("new-alert", "/alerts/new", ()),
    ("deliveries", "/alerts/log", ()),
    ("audit", "/audit", ()),
    ("replay", "/audit/replay?tag=rule:EC&step=3", ()),
    ("users", "/users", ()),
)  # fmt: skip
NARROW_AND_DARK = ("start", "policy", "cell", "inbox")


async def _photograph(page: Page, base: str, name: str, path: str, clicks: tuple[str, ...]) -> None:
    await page.goto(base + path)
    for selector in clicks:
        await page.locator(selector).first.click()
        await page.wait_for_load_state()
    target = FOLDER / f"{name}.png"
    await page.screenshot(path=target)
    if target.stat().st_size > LARGEST_BYTES:
        print(f"{target.name} has {target.stat().st_size:,} bytes")


async def _all(browser: Browser, base: str, token: str) -> None:
    for scheme, size, wanted in (
        ("light", WIDE, [page[0] for page in PAGES]),
        ("dark", NARROW, NARROW_AND_DARK),
    ):
        context = await browser.new_context(color_scheme=scheme, viewport=size)  # pyright: ignore[reportArgumentType]  two words
        page = await context.new_page()
        if scheme == "light":
            await page.goto(f"{base}/login?token={token}")
            await page.get_by_role("button", name="Sign in").click()
            state = await context.storage_state()
        else:
            await context.add_cookies(state["cookies"])  # pyright: ignore[reportPossiblyUnbound, reportArgumentType]
        for name, path, clicks in PAGES:
            if name in wanted:
                await _photograph(page, base, f"{name}-{scheme}", path, clicks)
        await context.close()


async def photograph(base: str, token: str) -> None:
    """Open Chromium and take every picture."""
    FOLDER.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        await _all(browser, base, token)
        await browser.close()


def main() -> None:
    """The sample in a data folder of its own, and an admin to look at it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with up(data, "--sample") as running:
            tracker(data, "user", "add", "Ada", "--role", "admin")
            link = tracker(data, "user", "login-link", "Ada")
            found = re.search(r"token=([\w-]+)", link)
            assert found, link
            asyncio.run(photograph(running.url, found[1]))


if __name__ == "__main__":
    main()

"""A window of a real Chromium on the console, what it said and loaded, and what axe finds in it."""

import shutil
from collections.abc import Iterable
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page

CHROMIUM = shutil.which("chromium")
LEAST_PASSES = 15
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]
"""The marks of a module whose tests open windows."""
NARROW = pytest.mark.parametrize(
    "window",
    [{"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}],
    indirect=True,
    ids=["narrow-dark"],
)
"""A test under this mark is run in a narrow dark window.

Every page is looked at in a wide light one by the test of all pages.
"""


class Opened:
    """A browser window on the console of a sample log, and all that it said and loaded."""

    def __init__(self, context: BrowserContext, page: Page, base: str) -> None:
        self.context, self.page, self.base = context, page, base
        self.said: list[str] = []
        self.loaded: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.loaded.append(request.url))

    async def go(self, path: str) -> None:
        """Open a page of the console."""
        await self.page.goto(self.base + path)


async def axe_finds_nothing(window: Opened, places: Iterable[str]) -> None:
    """Fail where axe finds anything, a page is wider than the window, talks, or loads from elsewhere."""
    axe: Any = Axe()
    for path in places:
        await window.go(path)
        found = await axe.run(window.page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert len(found.response["passes"]) > LEAST_PASSES, path
        width = await window.page.evaluate("document.documentElement.scrollWidth")
        assert width <= await window.page.evaluate("innerWidth"), f"{path} is wider than the window"
    assert window.said == []
    assert all(url.startswith(window.base) for url in window.loaded)

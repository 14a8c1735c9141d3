"""From the start page in at most three clicks or keys: what holds, what held, why, and who said so."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.tracker.console.window import NEEDS_CHROMIUM, Opened

pytestmark = NEEDS_CHROMIUM
MOST = 3
# A key that follows a link makes a click of its own, without a count of presses.
COUNTER = """
for (const kind of ["click", "keydown"])
  addEventListener(kind, (event) => { if (kind === "keydown" || event.detail) countedHere(kind); }, true);
"""
Way = Callable[[Page], Awaitable[None]]


async def _by_what_changed(page: Page) -> None:
    newest = page.get_by_role("region", name="Recorded last")
    await newest.get_by_role("link", name="Ecuador for China").first.click()


async def _by_the_place(page: Page) -> None:
    await (
        page.get_by_role("region", name="Where facts are")
        .get_by_role("link", name="Ecuador")
        .click()
    )
    await page.get_by_role("link", name="China", exact=True).click()


@pytest.mark.parametrize("way", [_by_what_changed, _by_the_place])
async def test_each_answer_is_three_clicks_or_keys_from_the_start(window: Opened, way: Way) -> None:
    page = window.page
    done: list[str] = []

    def counted(kind: str) -> None:
        done.append(kind)

    untyped: Any = page
    await untyped.expose_function("countedHere", counted)
    await page.add_init_script(COUNTER)

    async def cell() -> None:
        done.clear()
        await window.go("/")
        await way(page)
        await expect(page.locator("h1")).to_have_text("Ecuador for nationals of China")

    def why() -> Locator:
        return page.get_by_role("region", name="Why").get_by_role("article").first

    await cell()
    await expect(page.locator(".regime.large")).to_contain_text("Visa-free entry suspended")
    await expect(page.get_by_role("region", name="What holds")).to_contain_text("a visa")
    assert 1 <= len(done) <= MOST

    await page.get_by_role("link", name="2024-06-30").click()
    await expect(page.locator(".regime.large")).to_have_text(re.compile("Visa-free$"))
    await expect(page.get_by_role("status")).to_contain_text("This is the state of 2024-06-30")
    assert 2 <= len(done) <= MOST

    await cell()
    await expect(why()).to_contain_text("Decided by Suspended: Ecuador, for China")
    await why().get_by_role("heading").get_by_role("link").click()
    await expect(page.get_by_role("region", name="What it says")).to_contain_text("2024-07-01")
    assert 2 <= len(done) <= MOST

    await cell()
    await expect(why().get_by_role("list")).to_contain_text("Ecuador's Ministry of Foreign Affairs")
    await why().get_by_role("figure").get_by_role("link").first.click()
    await expect(page.locator("mark:target")).to_contain_text("suspending visa-free travel")
    assert 2 <= len(done) <= MOST
    assert window.said == []

"""The policy pages in a real Chromium: sliders, the lock, the map, what differs, the matrix."""

import re

import pytest
from playwright.async_api import expect

from tests.tracker.console.window import NARROW, NEEDS_CHROMIUM, Opened, axe_finds_nothing
from tests.tracker.console.world import recorded
from tracker.parts import Parts

PLACES = ("/policy", "/policy?nationality=CN&basis=published&valid_at=2024-06-01",
          "/policy/matrix", "/policy/matrix?valid_at=2024-12-01", "/policy/EC/CN")  # fmt: skip
RULES = ("visa-free", "visa-required", "e-visa")
pytestmark = NEEDS_CHROMIUM


@pytest.fixture
async def world(parts: Parts, console: str) -> None:
    """Some rules of many countries beside the sample."""
    for number, code in enumerate(("FR", "DE", "BR", "KE", "JP", "US", "AU", "IN")):
        rule = {"nationalities": ["CN", "PE"], "regime": RULES[number % 3]}
        await recorded(
            parts, "policy", jurisdiction=code, action="introduced", effective_from="2025-01-01",
            announced_on="2024-12-01", rule=rule, first_hand="for the test",
        )  # fmt: skip
    await parts.settle()


@NARROW
@pytest.mark.usefixtures("world")
async def test_axe_finds_nothing_on_maps_and_the_matrix(window: Opened) -> None:
    await axe_finds_nothing(window, PLACES)


@pytest.mark.parametrize("window", [{"viewport": {"width": 1920, "height": 1080}}], indirect=True)
@pytest.mark.usefixtures("world")
async def test_a_slider_moves_its_clock_and_with_the_lock_both(window: Opened) -> None:
    page = window.page
    await window.go("/policy?destination=EC")
    row = page.locator("tr", has=page.get_by_role("rowheader", name="China"))
    row = row.locator("td[data-label=Regime]")
    await expect(row).to_contain_text("suspended")
    slider = page.get_by_label("Step through what changed")
    await slider.press("Home")
    await expect(page).to_have_url(re.compile("valid_at=2016-08-01"))
    await expect(row).not_to_contain_text("suspended")
    await expect(slider).to_be_focused()
    await expect(slider).to_have_attribute("aria-valuetext", "2016-08-01")
    await expect(page.locator(".differing")).to_contain_text("1 of 1 differs from now")
    await page.get_by_role("link", name="Show which").click()
    await expect(page.locator("td[data-label=Now]")).to_contain_text("suspended")
    await page.get_by_label("Move both clocks").check()
    await page.get_by_label("Step through what changed").press("End")
    await expect(page).to_have_url(re.compile("valid_at=(2[0-9-]+)&known_at=\\1"))
    assert window.said == []


@pytest.mark.usefixtures("world")
async def test_a_click_on_the_map_leads_to_the_cell(window: Opened) -> None:
    page = window.page
    await window.go("/policy?nationality=CN")
    await expect(page.locator(".map .tone-free").first).to_be_visible()
    await page.locator(".map a[href*='/policy/AU/CN'] use").click()
    await expect(page.locator("h1")).to_contain_text("Australia for nationals of China")
    await window.go("/policy/matrix")
    await page.locator("td a[href^='/policy/BR/PE?']").click()
    await expect(page.locator(".regime.large")).to_contain_text("E-visa")
    await window.go("/policy/matrix?valid_at=2024-12-01")
    await page.get_by_role("link", name="Show where").click()
    await expect(page.locator("td.moved a[href^='/policy/BR/PE?']")).to_have_text("?→E")
    assert window.said == []
    assert all(url.startswith(window.base) for url in window.loaded)

"""Figures, conflicts and the audit in a real Chromium: by keyboard, narrow, dark, and for axe."""

from playwright.async_api import expect

from tests.tracker.console.window import NARROW, NEEDS_CHROMIUM, Opened, axe_finds_nothing

PLACES = (
    "/stats", "/stats/series?metric=border-entries&geography=EC&counterpart=CN", "/statements",
    "/incidents", "/calendar?all=1", "/conflicts", "/audit?position=5",
    "/audit/replay?tag=rule:EC&step=2", "/audit/replay?tag=rule:EC&all=1",
)  # fmt: skip
pytestmark = NEEDS_CHROMIUM


@NARROW
async def test_axe_finds_nothing_on_these_pages(window: Opened) -> None:
    await axe_finds_nothing(window, PLACES)


async def test_a_replay_is_walked_by_the_keyboard_and_its_buttons_stay_where_they_are(
    window: Opened,
) -> None:
    page = window.page
    await window.go("/audit")
    await page.get_by_label("Tag").fill("rule:EC")
    await page.get_by_label("Tag").press("Enter")
    heading = page.locator("h1")
    await expect(heading).to_contain_text("1 of 4")
    places = await page.get_by_role("link", name="Next").bounding_box()
    await page.get_by_role("link", name="Next").press("Enter")
    await expect(heading).to_contain_text("2 of 4")
    assert await page.get_by_role("link", name="Next").bounding_box() == places
    await page.get_by_role("link", name="Last").press("Enter")
    await expect(heading).to_contain_text("4 of 4")
    await expect(page.get_by_role("link", name="Next")).to_have_count(0)
    await page.get_by_role("link", name="Expand all").press("Enter")
    await expect(page.locator("article.step")).to_have_count(4)
    await window.go("/audit")
    await page.get_by_role("button", name="Verify the tree").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("All fits.")
    assert window.said == []

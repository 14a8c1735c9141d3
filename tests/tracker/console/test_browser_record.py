"""Recording by hand in a real Chromium, with the keyboard, and without JavaScript."""

import re

import pytest
from playwright.async_api import expect

from tests.tracker.console.test_record import POST
from tests.tracker.console.window import NARROW, NEEDS_CHROMIUM, Opened, axe_finds_nothing
from tests.tracker.console.world import document_id
from tracker.sample import REPORTS

pytestmark = NEEDS_CHROMIUM
SCRIPTLESS = pytest.mark.parametrize(
    "window", [{}, {"java_script_enabled": False}], indirect=True, ids=["script", "no-script"]
)


async def _paste(window: Opened, text: str, title: str) -> None:
    page = window.page
    await page.get_by_label("Text", exact=True).fill(text)
    await page.get_by_label("Title").first.fill(title)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)


@SCRIPTLESS
async def test_a_post_is_pasted_marked_recorded_corrected_doubled_and_sourced(
    window: Opened, request: pytest.FixtureRequest
) -> None:
    page = window.page
    script = "no-script" not in request.node.name
    await window.go("/record")
    await _paste(window, POST, "A post")
    facts: list[str] = []
    for _ in range(2):
        if script:
            await page.locator("[data-selectable]").select_text()
            await expect(page.get_by_label("Exact words")).to_have_value(
                re.compile("Ecuador suspends")
            )
        else:
            await page.get_by_label("Exact words").fill("Ecuador suspends visa-free entry")
        await page.get_by_label("jurisdiction", exact=True).fill("EC")
        await page.get_by_label("action", exact=True).select_option("suspended")
        await page.get_by_label("kind", exact=True).select_option("entry")
        await page.get_by_label("effective basis", exact=True).select_option("unknown")
        await page.locator("summary", has_text="More fields").click()
        await page.get_by_label("announced on", exact=True).fill("2024-06-17")
        await page.keyboard.press("Enter")
        fact = page.get_by_role("link", name="See the fact")
        await expect(fact).to_be_visible()
        if facts:
            await expect(fact).not_to_have_attribute("href", facts[-1])
        facts.append(str(await fact.get_attribute("href")))
        # A sheet that is opened anew states another fact.
        await page.reload()
    await window.go(facts[0])
    await page.locator("#correct > summary").click()
    await page.locator("#now-announced_on").fill("2024-06-18")
    await page.locator("#correct-reason").fill("a slip")
    await page.keyboard.press("Enter")
    await expect(page.locator("ins")).to_have_text("2024-06-18")
    await window.go(facts[1])
    await page.locator("#retract > summary").click()
    await page.locator("#duplicate_of").fill(facts[0])
    await page.keyboard.press("Enter")
    await expect(page.locator("h1 .alarm")).to_have_text("retracted")
    await window.go(facts[0])
    await page.get_by_role("link", name="Add source").click()
    await _paste(window, f"Another paper. {POST}", "Second")
    await page.get_by_label("Exact words").fill("Ecuador suspends")
    await page.get_by_role("button", name="Add this source").click()
    await expect(page.get_by_role("status")).to_contain_text("further source")
    await expect(page.locator(".source")).to_have_count(2)


@NARROW
async def test_axe_finds_nothing_on_the_pages_of_recording(window: Opened) -> None:
    document = document_id(REPORTS[-1].title)
    await window.go("/events?type=policy-changed")
    href = str(await window.page.locator(".line").first.get_attribute("href"))
    await axe_finds_nothing(
        window, ("/record", f"/record/{document}", href, f"/record/{document}?for={href[8:]}",
                 "/events?country=EC"),
    )  # fmt: skip

"""The pages in a real Chromium: keyboard, narrow, dark, without JavaScript, and what axe finds."""

import re

import pytest
from playwright.async_api import expect

from feeds.extract import drafts
from feeds.items import RawItem, compose
from projections.views.inbox import Draft
from projections.views.statistics import Statistic
from tests.tracker.console.window import NARROW, NEEDS_CHROMIUM, Opened, axe_finds_nothing
from tests.tracker.console.world import document_id, received
from tracker.domain.reviewing import RejectDraft
from tracker.parts import Parts
from tracker.sample import REPORTS

PLACES = ("/policy", "/policy?destination=EC", "/policy/EC/CN?valid_at=2024-06-30", "/events",
          "/inbox", "/inbox/unread", "/feeds", "/feeds/test", f"/documents/{document_id(REPORTS[-1].title)}")  # fmt: skip

pytestmark = NEEDS_CHROMIUM


async def test_a_draft_is_decided_by_the_keyboard_alone_and_the_rejection_undone(
    window: Opened,
) -> None:
    page = window.page
    await window.go("/inbox")
    headings = page.locator("article h2")
    await expect(headings).to_have_count(3)
    second = await headings.nth(1).inner_text()
    await page.keyboard.press("j")
    await expect(headings.nth(0)).to_be_focused()
    await page.keyboard.press("a")
    await expect(page.get_by_role("status")).to_contain_text("Accepted:")
    await expect(page.get_by_role("heading", name=second)).to_be_focused()
    await expect(page.get_by_role("navigation")).to_contain_text("2 waiting")
    await page.keyboard.press("x")
    await page.keyboard.type("a different count, j and k are only letters here")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Rejected:")
    await expect(page.locator(".notice form")).to_have_count(1)
    await page.keyboard.press("u")
    await expect(page.get_by_role("heading", name=second)).to_be_focused()
    await expect(headings).to_have_count(2)
    assert window.said == []


async def test_twenty_candidates_are_worked_through_by_the_keyboard_alone(
    window: Opened, parts: Parts
) -> None:
    page = window.page
    for draft in await parts.views.select(Draft, equal={"status": "waiting"}):
        command = RejectDraft(draft=draft.draft, reason="not of this story")
        await parts.executor.execute(command, await parts.operator())
    for number in range(20):
        text = f"Peru deported {number + 41},000 Cuban migrants in {2000 + number}."
        await given(parts, f"Report {number}", text)
    await parts.settle()
    await window.go("/inbox")
    focused = page.locator("article h2:focus")
    await expect(page.locator("article h2")).to_have_count(20)
    press, say = page.keyboard.press, page.keyboard.type

    async def told(word: str, left: int) -> None:
        await expect(page.get_by_role("status")).to_contain_text(word)
        await expect(page.locator("article h2")).to_have_count(left)

    await press("j")
    for done in range(12):
        await expect(focused).to_contain_text(f"{done + 41},000")
        await press("a")
        await told("Accepted:", 19 - done)
    for done in range(4):
        await expect(focused).to_contain_text(f"{done + 53},000")
        await press("x")
        await say("the source does not say this")
        await press("Enter")
        await told("Rejected:", 7 - done)
    await press("s")
    await told("Put off until", 3)
    await expect(focused).to_contain_text("58,000")
    await press("e")
    await press("Escape")
    await expect(focused).to_contain_text("58,000")
    await page.get_by_label("value", exact=True).first.press("Control+a")
    await say("58001")
    await press("Enter")
    await told("Accepted:", 2)
    await press("m")
    await press("j")
    await press("m")
    await press("A")
    await expect(page.get_by_role("status")).to_have_count(2)
    await expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    await press("u")
    await expect(page.get_by_role("status")).to_have_count(1)
    await expect(page.get_by_role("status")).to_contain_text("Waits again:")
    await expect(page.locator("article h2")).to_have_count(1)
    await parts.settle()
    figures = await parts.views.select(Statistic, equal={"metric": "removals"}, limit=50)
    assert len([row for row in figures if row.geography == "PE" and not row.retracted_at]) == 14
    assert "58001" in {row.value for row in figures}
    assert window.said == []


async def given(parts: Parts, title: str, text: str) -> None:
    """A document with the drafts that the extractors find in it."""
    whole, start = compose(title, text)
    item = RawItem(text=whole, body_start=start, title=title)
    await received(parts, whole, title=title, found=tuple(drafts(item, document_id(title))))


async def test_a_refusal_keeps_what_was_typed(window: Opened) -> None:
    page = window.page
    await window.go("/inbox")
    form = page.locator("form.fact").first
    await form.get_by_label("geography").fill("Atlantis")
    await form.get_by_role("button", name="Accept", exact=True).click()
    await expect(form.get_by_role("alert")).to_contain_text("is not a country code")
    await expect(form.get_by_label("geography")).to_have_value("Atlantis")


async def test_single_keys_can_be_turned_off_and_stay_off(window: Opened) -> None:
    page = window.page
    await window.go("/inbox")
    await page.keyboard.press("?")
    await page.get_by_label("single keys act").uncheck()
    await window.go("/inbox")
    await page.keyboard.press("j")
    await expect(page.locator("article h2").first).not_to_be_focused()


async def test_a_stop_of_a_clock_changes_the_picture_and_the_address(window: Opened) -> None:
    page = window.page
    await window.go("/policy/EC/CN")
    await expect(page.locator(".regime.large")).to_contain_text("Visa-free entry suspended")
    await page.locator(".stops a", has_text="2024-05-20").first.click()
    await expect(page.locator(".regime.large")).to_have_text(re.compile("Visa-free$"))
    await expect(page).to_have_url(re.compile("valid_at=2024-05-20"))
    await expect(page.get_by_role("status")).to_contain_text("This is the state of 2024-05-20")
    await page.go_back()
    await expect(page.locator(".regime.large")).to_contain_text("Visa-free entry suspended")
    assert window.said == []
    assert all(url.startswith(window.base) for url in window.loaded)


async def test_a_feed_is_added_and_paused_by_the_keyboard_alone(
    window: Opened, parts: Parts
) -> None:
    page = window.page
    await window.go("/feeds")
    await page.get_by_label("Address of a feed").focus()
    await page.keyboard.type("http://nowhere.invalid/rss.xml")
    await page.keyboard.press("Enter")
    await expect(page.locator(".problem")).to_contain_text("does not resolve")
    await page.get_by_role("button", name="Add it all the same").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("polled from now on")
    await page.get_by_label("Title").fill("x" * 501)
    await page.get_by_label("Title").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("title: has 1 to 500 characters")
    await page.get_by_label("Why").fill("too loud")
    await page.get_by_label("Why").press("Enter")
    await expect(page.locator("main")).to_contain_text("Paused: too loud.")
    # The refusal is what Chromium itself says of the answer 400.
    assert [line for line in window.said if "400" not in line] == []


@NARROW
async def test_axe_finds_nothing_on_any_page(window: Opened) -> None:
    await axe_finds_nothing(window, PLACES)


@pytest.mark.parametrize("window", [{"java_script_enabled": False}], indirect=True)
async def test_everything_works_without_javascript(window: Opened) -> None:
    page = window.page
    await window.go("/policy")
    await page.get_by_label("Destination").fill("Ecuador")
    await page.get_by_label("Nationality").fill("China")
    await page.get_by_role("button", name="Look up").click()
    await page.get_by_label("In force on").fill("2024-06-30")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator(".regime.large")).to_have_text(re.compile("Visa-free$"))
    await window.go("/inbox")
    await page.get_by_label("Reason to reject").first.fill("Out of scope")
    await page.get_by_role("button", name="Reject", exact=True).first.click()
    await page.locator(".notice").get_by_role("button").click()
    await expect(page.locator("article h2")).to_have_count(3)
    await page.get_by_role("button", name="Accept", exact=True).first.click()
    await expect(page.get_by_role("status")).to_contain_text("Accepted:")
    await page.get_by_role("link", name="See the fact").click()
    await expect(page.locator("h1")).to_contain_text("Transit crossings in Panama")

"""Alerts in a real Chromium: a subscription is tried, opened and tested by the keyboard alone."""

import asyncio

from playwright.async_api import Page, expect

from projections.alerts.matcher import Matcher
from projections.views.subscriptions import Subscription
from tests.tracker.console.window import NARROW, NEEDS_CHROMIUM, Opened, axe_finds_nothing
from tests.tracker.console.world import recorded
from tracker.domain.filter import Filter
from tracker.domain.pacing import Pacing
from tracker.domain.subscription import OpenSubscription
from tracker.parts import Parts

pytestmark = NEEDS_CHROMIUM


async def to(page: Page, role: str, name: str) -> None:
    """Go on by the tab key to a control."""
    wanted = page.get_by_role(role, name=name, exact=True)  # pyright: ignore[reportArgumentType]  roles
    for _ in range(120):
        if await wanted.evaluate("control => control === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the tab key does not lead to {name}")


async def test_a_subscription_is_tried_refused_opened_and_tested_by_the_keyboard(
    window: Opened, parts: Parts
) -> None:
    page, press, say = window.page, window.page.keyboard.press, window.page.keyboard.type
    await window.go("/alerts")
    await to(page, "link", "Say what to watch")
    await press("Enter")
    await to(page, "textbox", "Entering")
    await say("Atlantis")
    await press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("destinations")
    await expect(page.get_by_label("Entering")).to_have_value("Atlantis")
    await press("Control+a")
    await say("Ecuador")
    await press("Enter")
    trial = page.get_by_role("region", name="What it would have told")
    await expect(trial).to_contain_text("Nothing was sent.")
    await expect(trial.get_by_role("listitem").first).to_contain_text("Ecuador, for China")
    await expect(page.get_by_role("alert")).to_have_count(0)
    await to(page, "button", "Subscribe")
    await press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("The subscription is open.")
    await to(page, "button", "Send a test")
    await press("Enter")
    await expect(page.get_by_role("heading", name="Test")).to_be_visible()
    (row,) = await parts.views.select(Subscription)
    assert page.url.split("?")[0].endswith(f"/alerts/{row.subscription}")


@NARROW
async def test_axe_finds_nothing_on_the_pages_of_alerts(
    window: Opened, parts: Parts, session: str
) -> None:
    ana = await parts.users.resolve(session, "session")
    assert ana
    for pacing in (None, Pacing(muted_until="2099-01-01")):
        channel = await parts.channels.create(str(ana.id), "pull", {})
        watched = Filter(destinations=("EC",), nationalities=("CN",))
        command = OpenSubscription(
            channel=channel.id, filter=watched, title="Quito", pacing=pacing, options=("at-once",)
        )
        await parts.executor.execute(command, ana.actor())
    await recorded(
        parts, "policy", jurisdiction="EC", action="amended", effective_from="2090-01-01",
        rule={"nationalities": ["CN"], "regime": "entry-ban"}, first_hand="seen at the border",
    )  # fmt: skip
    await parts.settle()
    await Matcher(parts.deliver_database, parts.clock, asyncio.Event()).catch_up()
    rows = await parts.views.select(Subscription)
    places = ["/alerts", "/alerts/new", "/alerts/log"]
    await axe_finds_nothing(window, places + [f"/alerts/{row.subscription}" for row in rows])
    await window.go("/alerts/new")
    await window.page.get_by_label("Entering").fill("Ecuador")
    await window.page.get_by_role("button", name="Try").click()
    await expect(window.page.get_by_text("Nothing was sent.").last).to_be_visible()

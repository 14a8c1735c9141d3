"""Pages of lists: every row once, and no cursor for another question."""

import asyncio

from projections.alerts.matcher import Matcher
from tests.tracker.api.door import Door, problem
from tests.tracker.api.test_subscriptions import NEW

ELSEWHERE = "/statistics?limit=1", "/timeline?type=policy-changed&limit=1", "/policies?limit=1"


async def walked(door: Door, path: str, rows: str) -> list[str]:
    """The ids on every page of a list, one row a page."""
    found: list[str] = []
    following = ""
    while following is not None and len(found) < 20:
        page = (await door.get(f"{path}?limit=1{following and '&before=' + following}")).body
        found += [row["id"] for row in page[rows]]
        following = page["next"]
    return found


async def test_a_cursor_is_refused_for_another_question_and_taken_for_a_longer_page(
    door: Door,
) -> None:
    await door.change("visa-free", "2016-08-01")
    await door.change("visa-required", "2024-07-01")
    page = (await door.get("/timeline?limit=1")).body
    for path in ELSEWHERE:
        refused = await door.get(f"{path}&before={page['next']}")
        assert problem(refused) == (400, "refused", "before"), path
    for field, cursor in (("before", page["next"][:-1]), ("after", page["next"] + "A")):
        refused = await door.get(f"/timeline?{field}={cursor}")
        assert problem(refused) == (400, "refused", field)
    rest = (await door.get(f"/timeline?limit=9&before={page['next']}")).body
    assert [line["position"] for line in rest["events"]] == [1]
    above = (await door.get(f"/timeline?after={rest['previous']}")).body
    assert [line["position"] for line in above["events"]] == [2]


async def test_pages_of_what_was_told_leave_out_nothing_of_an_event_that_many_watch(
    door: Door,
) -> None:
    await door.change("visa-free", "2016-08-01")
    for muted in (None, None, None, "2099-01-01", "2099-01-01"):
        new = {**NEW, "options": ["at-once"], "pacing": {"muted_until": muted} if muted else None}
        assert (await door.post("/subscriptions", new, role="analyst")).status == 201
    await door.change("visa-required", "2090-01-01")
    matcher = Matcher(door.parts.deliver_database, door.parts.clock, asyncio.Event())
    await matcher.catch_up()
    assert len(set(await walked(door, "/alerts", "alerts"))) == 3
    assert len(set(await walked(door, "/alerts/held", "held"))) == 2

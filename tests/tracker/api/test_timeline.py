"""The timeline by facets and words, as programs ask for it."""

import pytest

from tests.tracker.api.door import Door, problem


async def told(door: Door) -> None:
    """Two statements and a change."""
    for speaker, country in (("José Raúl Mulino", "PA"), ("Lin Jian", "CN")):
        await door.record(
            "statement", speaker=speaker, text="We close the Darie\u0301n", country=country,
            verbatim="verbatim", said_on="2024-06-18",
        )  # fmt: skip
    await door.change("eta", "2024-07-01")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=darien", 2), ("q=JOSÉ+darien", 1), ("q=mulino", 1), ("q=nobody", 0),
        ("country=CN&country=PA", 3), ("country=CN&country=EC&corridor=all", 1),
        ("nationality=CN", 1), ("destination=EC&type=policy-changed", 1),
        ("occurred_from=2024-06-18&occurred_to=2024-06-18", 2), ("recorded_to=2024-06-18", 0),
        ("recorded_from=2024-06-18&metric=border-entries", 0),
    ],
)  # fmt: skip
async def test_facets_and_words_find_events(door: Door, query: str, found: int) -> None:
    await told(door)
    assert len((await door.get(f"/timeline?{query}")).body["events"]) == found
    assert (await door.get(f"/timeline/facets?{query}")).body["all"] == found


async def test_pages_lead_both_ways(door: Door) -> None:
    await told(door)
    newest = (await door.get("/timeline?limit=1")).body
    older = (await door.get(f"/timeline?limit=1&before={newest['next']}")).body
    back = (await door.get(f"/timeline?limit=1&after={older['previous']}")).body
    assert back["events"] == newest["events"]


async def test_what_cannot_be_asked_is_refused(door: Door) -> None:
    for query, field in (
        ("q=…", "q"), ("occurred_from=June", "occurred_from"), ("country=Z", "country"),
        ("recorded_from=2024-06", "recorded_from"), ("recorded_to=x", "recorded_to"),
    ):  # fmt: skip
        assert problem(await door.get(f"/timeline?{query}")) == (400, "refused", field)

"""What takes effect when, as programs ask for it."""

from tests.tracker.api.door import Door, problem


async def test_what_begins_on_one_day_stands_on_one_day(door: Door) -> None:
    await door.change(
        "visa-free-suspended", "2024-07-01", action="suspended", announced_on="2024-06-18"
    )
    await door.record("position", person="José Raúl Mulino", office="President", country="PA",
                      **{"from": "2024-07-01"})  # fmt: skip
    await door.change("eta", "2024-08", announced_on="2024-06-18")
    await door.change("e-visa")

    body = (await door.get("/calendar?from=2024-07-01&to=2024-07-01")).body
    assert [(d["countries"], d["lead_days"]) for d in body["dated"]] == [
        (["EC", "CN"], 13), (["PA"], None),
    ]  # fmt: skip
    body = (await door.get("/calendar?country=EC&from=2024-07-15")).body
    (imprecise,) = body["dated"]
    assert (imprecise["on"], imprecise["unconfirmed"], imprecise["status"]) == (
        "2024-08", True, "standing",
    )  # fmt: skip
    (undated,) = body["undated"]
    assert (undated["on"], undated["unconfirmed"]) == (None, True)
    body = (await door.get("/calendar?limit=1")).body
    assert (len(body["dated"]), body["dated_in_all"]) == (1, 3)


async def test_a_date_that_is_open_to_one_side_may_lie_anywhere_there(door: Door) -> None:
    await door.change("eta", "2024-07-01/..")
    await door.change("e-visa", "../2024-06")
    for day, found in (
        ("2024-01-01", ["../2024-06"]),
        ("2024-06-30", ["../2024-06"]),
        ("2024-07-01", ["2024-07-01/.."]),
        ("2030-01-01", ["2024-07-01/.."]),
    ):
        body = (await door.get(f"/calendar?from={day}&to={day}")).body
        assert ([d["on"] for d in body["dated"]], body["undated"]) == (found, [])


async def test_what_should_have_begun_is_overdue_until_the_day_is_recorded(door: Door) -> None:
    await door.change("eta", "2099-07-01")
    for today, overdue in (("2099-07-01", False), ("2099-07-02", True)):
        body = (await door.get(f"/calendar?from=2099-07-01&today={today}")).body
        assert [d["overdue"] for d in body["dated"]] == [overdue]
    # What was recorded after its day was told as something that had happened.
    await door.change("eta", "2024-07-01")
    assert not (await door.get("/calendar?to=2024-12-31")).body["dated"][0]["overdue"]


async def test_what_was_replaced_points_to_what_replaced_it(door: Door) -> None:
    first = await door.change("eta", "2099-07-01")
    second = await door.change("eta", "2099-08-01", replaces=[first["event"]])
    old, new = (await door.get("/calendar?from=2099-07-01")).body["dated"]
    assert (old["status"], old["moved_to"]) == ("moved", second["event"])
    assert new["status"] == "standing"


async def test_a_day_that_is_none_is_refused(door: Door) -> None:
    for name in ("from", "to", "today"):
        reply = await door.get("/calendar", params={name: "July"})
        assert problem(reply) == (400, "refused", name)

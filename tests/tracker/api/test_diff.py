"""What changed between two states of knowledge, as programs ask for it."""

from typing import Any

from tests.tracker.api.door import Door, problem

FREE = {"effective_from": "2016-08", "action": "introduced"}


async def differences(door: Door, **params: Any) -> Any:
    """The answer to a question."""
    reply = await door.get("/diff", params=params)
    assert reply.status == 200, reply.data
    return reply.body


async def test_one_key_one_country_and_everything(door: Door) -> None:
    first = await door.change("visa-free", **FREE)
    second = await door.change("visa-free-suspended", "2024-07-01", action="suspended")
    await door.change("eta", "2024-09-01", rule={"nationalities": ["EU"]})
    await door.record("statement", speaker="Lin Jian", text="No.", verbatim="verbatim",
                      country="CN")  # fmt: skip

    body = await differences(door, known_from=first["position"], known_to=second["position"])
    (rule,) = body["rules"]["rules"]
    assert (rule["destination"], rule["nationality"]) == ("EC", "CN")
    assert (rule["before"], rule["after"], rule["on"]) == (
        "visa-free", "visa-free-suspended", "2024-07-01",
    )  # fmt: skip
    assert rule["because"] == [body["events"][0]["event"]]
    assert body["known_from_position"] == first["position"]
    assert body["known_to_position"] == second["position"]

    body = await differences(door, known_from=0, destination="EC", nationality="FR")
    (rule,) = body["rules"]["rules"]
    assert (rule["nationality"], rule["after"]) == ("FR", "eta")
    assert [e["type"] for e in body["events"]] == ["policy-changed"]

    body = await differences(door, known_from=0, country="CN")
    assert [r["nationality"] for r in body["rules"]["rules"]] == ["CN"]
    assert {h["type"]: h["number"] for h in body["happened"]} == {
        "policy-changed": 2, "statement-made": 1,
    }  # fmt: skip

    body = await differences(door, known_from=0)
    assert [r["nationality"] for r in body["rules"]["rules"]] == ["CN", "EU"]
    assert (await differences(door, known_from=body["known_to_position"]))["events"] == []


async def test_a_large_answer_comes_in_parts_with_a_true_count(door: Door) -> None:
    for who in ("CN", "FR", "DE"):
        await door.change("eta", "2024-09-01", rule={"nationalities": [who]})
    body = await differences(door, known_from=0, limit=2)
    rules = body["rules"]
    assert (len(rules["rules"]), rules["keys"], rules["keys_in_all"]) == (2, 2, 3)
    assert sum(h["number"] for h in body["happened"]) == 3
    rest = await differences(door, known_from=0, limit=2, rules_after=rules["next"],
                             before=body["next"])  # fmt: skip
    found = [r["nationality"] for r in (*rules["rules"], *rest["rules"]["rules"])]
    assert found == ["CN", "DE", "FR"]
    assert (len(rest["events"]), rest["rules"]["keys_in_all"]) == (1, 3)


async def test_wrong_times_are_refused(door: Door) -> None:
    await door.change("eta", "2024-09-01")
    for params, field in (
        ({}, "known_from"),
        ({"known_from": "1", "known_to": "0"}, "known_from"),
        ({"known_from": "99"}, "known_from"),
        ({"known_from": "0", "known_to": "June"}, "known_to"),
        ({"known_from": "0", "rules_after": "x"}, "rules_after"),
    ):
        assert problem(await door.get("/diff", params=params)) == (400, "refused", field)

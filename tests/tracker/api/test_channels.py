"""Channels of every kind by API: made, rotated, replaced; sealed where there is a key."""

import base64
from datetime import UTC, datetime

import psycopg

from projections.alerts.channels.webhook import WEBHOOK
from projections.alerts.endpoints import CLOSE
from tests.place import Place, parts_at
from tests.tracker.api.door import Door, problem
from tracker.tables.channels import Channels
from tracker.tables.sealing import Sealer

HOOK = {"webhook": {"url": "https://receiver.example/hook"}}
KEY = base64.b64encode(bytes(32)).decode()


async def test_a_webhook_gets_a_new_secret_and_signs_with_both_for_a_while(door: Door) -> None:
    asymmetric = {"webhook": {**HOOK["webhook"], "asymmetric": True}}
    made = (await door.post("/channels", asymmetric)).written
    assert made["public_key"].startswith("whpk_")
    path = f"/channels/{made['channel']}/rotate"
    turned = (await door.post(path, {"overlap_h": 1})).written
    assert turned["secret"] != made["secret"]
    assert turned["public_key"] == made["public_key"]

    kept = await door.parts.channels.get(made["channel"])
    settings = WEBHOOK.read(kept.settings)
    assert getattr(settings, "previous") == made["secret"]  # noqa: B009  its type is the base
    assert problem(await door.post(path, {"secret": "short"}))[2] == "secret"
    assert problem(await door.post(path, {}, role="analyst"))[0] == 403


async def test_a_channel_has_a_fallback_of_its_owners(door: Door) -> None:
    mail = (await door.post("/channels", {"email": {"address": "ana@example.org"}})).written
    hook = (await door.post("/channels", {**HOOK, "fallback": mail["channel"]})).written
    listed = (await door.get("/channels")).body["channels"]
    assert [(c["kind"], c["address"], c["fallback"]) for c in listed] == [
        ("email", "ana@example.org", None),
        ("webhook", None, mail["channel"]),
    ]
    path = f"/channels/{hook['channel']}"
    none = await door.call("PATCH", path, json={"fallback": None})
    assert none.body["fallback"] is None
    itself = await door.call("PATCH", path, json={"fallback": hook["channel"]})
    assert problem(itself)[2] == "fallback"
    assert problem(await door.post("/channels", {"email": {"address": "ana"}}))[2] == "address"
    assert problem(await door.post("/channels", {}))[2] == "webhook"
    foreign = await door.post(
        "/channels", {"pull": {}, "fallback": mail["channel"]}, role="analyst"
    )
    assert problem(foreign)[0] == 403


async def test_a_channel_that_its_receiver_closed_is_opened_again_on_record(door: Door) -> None:
    made = (await door.post("/channels", HOOK)).written
    path = f"/channels/{made['channel']}"
    again = (await door.post(f"{path}/reopen")).written
    assert again["closed"] is None
    assert (await door.get(f"{path}/changes")).body == {"changes": []}
    at = {"channel": made["channel"], "now": datetime.now(UTC)}
    await door.parts.deliver_database.run(CLOSE, {**at, "reason": "gone for good (410)"})

    assert problem(await door.post(f"{path}/reopen", role="analyst"))[0] == 403
    again = (await door.post(f"{path}/reopen")).written
    assert again["closed"] is None
    changes = (await door.get(f"{path}/changes")).body["changes"]
    assert [(c["change"], c["by"] is None, c["reason"]) for c in changes] == [
        ("closed", True, "gone for good (410)"),
        ("reopened", False, None),
    ]


async def test_settings_are_sealed_where_there_is_a_key(place: Place) -> None:
    async with place.open("tracker_append") as database:
        clear = Channels(database, lambda: datetime.now(UTC), Sealer(()))
        made = await clear.create("ana", "email", {"address": "ana@example.org"})
    async with parts_at(place, secret_key=KEY) as parts:
        later = await parts.channels.create("ana", "email", {"address": "bob@example.org"})
        for channel, address in ((made, "ana@example.org"), (later, "bob@example.org")):
            assert (await parts.channels.get(channel.id)).settings == {"address": address}
    with psycopg.connect(place.superuser_url) as insider:
        rows = insider.execute("select settings, sealed::text from app.channel").fetchall()
    assert [settings for settings, _ in rows] == [None, None]
    assert b"example.org".hex() not in "".join(sealed for _, sealed in rows)

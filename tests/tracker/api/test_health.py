"""What health says and to whom, and where the name of a request leads."""

import asyncio
import logging

import aiohttp
import msgspec
import pytest

from tests.loopback import listening
from tests.tracker.api.door import Door, problem
from tracker.web import application, serving


@pytest.mark.parametrize("path", ["/health", "/metrics"])
@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP"])
async def test_who_comes_through_a_proxy_needs_a_token(door: Door, path: str, header: str) -> None:
    assert (await door.get(path, role=None)).status == 200
    refused = await door.get(path, role=None, headers={header: "127.0.0.1"})
    assert problem(refused)[0] == 401
    assert (await door.get(path, role="reader", headers={header: "127.0.0.1"})).status == 200


async def test_health_says_in_words_what_is_amiss(door: Door) -> None:
    await door.change("visa-free")
    await door.parts.view_database.run(
        "update view.checkpoint set halted = 'no room' where name = 'timeline'"
    )
    health = (await door.get("/health")).body
    assert health["status"] == "degraded"
    assert any("the view timeline stands still" in reason for reason in health["reasons"])


async def test_the_id_of_a_request_leads_to_what_it_wrote(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    app, stop = application(door.parts), asyncio.Event()
    caplog.set_level(logging.INFO, "tracker.execute")
    body = {"jurisdiction": "EC", "action": "introduced", "first_hand": "seen",
            "rule": {"nationalities": ["CN"], "regime": "visa-free"}}  # fmt: skip
    headers = {"Authorization": f"Bearer {door.tokens['analyst']}", "X-Request-ID": "abc-1"}
    with listening() as listener:
        base = f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        async with serving(app, listener, stop), aiohttp.ClientSession() as session:
            async with session.post(f"{base}/policies", json=body, headers=headers) as answer:
                assert answer.headers["X-Request-ID"] == "abc-1"
                position = msgspec.json.decode(await answer.read())["position"]
            async with session.get(f"{base}/metrics") as answer:
                text = await answer.text()
    recorded = [line.getMessage() for line in caplog.records if line.name == "tracker.execute"]
    assert any(f"recorded up to position {position} as " in line for line in recorded)
    assert 'tracker_pool_connections{role="tracker_append",state="open"}' in text
    assert 'method="POST",route="/api/v1/policies",status="201"} 1.0' in text

"""A change on a subscribed key tells its subscriber once, whatever dies in between."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.stories.receiver import Receiver, free_port, verified
from tests.stories.tracker_process import Up, answer, tracker, up

ALLOWED = {"TRACKER_ALLOW_NETWORKS": "127.0.0.0/8"}
START = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
TODAY = datetime.now(UTC).date().isoformat()
FREE: dict[str, Any] = {
    "jurisdiction": "EC", "action": "introduced", "effective_from": "2016-08",
    "rule": {"nationalities": ["CN"], "regime": "visa-free"}, "first_hand": "for the test",
}  # fmt: skip
SUSPENDED: dict[str, Any] = {
    "jurisdiction": "EC", "action": "suspended", "announced_on": TODAY, "effective_from": START,
    "rule": {"nationalities": ["CN"], "regime": "visa-free-suspended"}, "first_hand": "for the test",
}  # fmt: skip
OBSERVED: dict[str, Any] = {
    "jurisdiction": "EC", "observed_on": TODAY,
    "rule": {"nationalities": ["CN"], "regime": "visa-free"}, "first_hand": "for the test",
}  # fmt: skip


def token(data: Path) -> str:
    return str(answer(data, "user", "token", "operator")["token"])


def post(running: Up, secret: str, noun: str, body: dict[str, Any]) -> Any:
    request = Request(
        f"{running.url}/api/v1/{noun}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as response:
        assert response.status == 201
        return json.load(response)


def subscribe(data: Path, port: int) -> str:
    """Subscribe to Ecuador for Chinese citizens; the secret of the webhook."""
    made = answer(
        data, "subscribe", "--destination", "EC", "--nationality", "CN",
        "--webhook", f"http://127.0.0.1:{port}/hook", environment=ALLOWED,
    )  # fmt: skip
    return str(made["secret"])


def quiet(receiver: Receiver, count: int) -> None:
    """Nothing more comes for a while."""
    time.sleep(1.5)
    assert len(receiver.requests) == count


def test_one_signed_alert_for_a_change_and_none_for_what_says_the_same(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    with up(data, environment=ALLOWED) as running, Receiver(port) as receiver:
        bearer = token(data)
        secret = subscribe(data, port)
        post(running, bearer, "policies", FREE)
        quiet(receiver, 0)  # the first thing known of a key is no change

        post(running, bearer, "policies", SUSPENDED)
        (alert,) = receiver.wait_for(1)
        told = verified(alert, secret)
        assert "visa-free-suspended" in json.dumps(told)

        post(running, bearer, "policies", SUSPENDED)  # a second report of the same change
        post(running, bearer, "facts/observation", OBSERVED)  # confirms what is known
        quiet(receiver, 1)
        tracker(data, "rebuild")
        quiet(receiver, 1)


@pytest.mark.kill
def test_killed_between_append_and_delivery_the_alert_arrives_once(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    first = Up(data, environment=ALLOWED)
    bearer = token(data)
    secret = subscribe(data, port)
    post(first, bearer, "policies", FREE)
    post(first, bearer, "policies", SUSPENDED)  # nobody listens on the port yet
    first.kill()

    with Receiver(port) as receiver, up(data, environment=ALLOWED):
        arrived = receiver.wait_for(1)
        assert len(arrived) == 1
        assert verified(arrived[0], secret)
        quiet(receiver, 1)


@pytest.mark.kill
@pytest.mark.parametrize("number", range(3))
def test_killed_at_any_moment_after_the_append_the_alert_arrives_under_one_id(
    tmp_path: Path, number: int
) -> None:
    data, port = tmp_path / "data", free_port()
    with Receiver(port) as receiver:
        first = Up(data, environment=ALLOWED)
        bearer = token(data)
        subscribe(data, port)
        post(first, bearer, "policies", FREE)
        post(first, bearer, "policies", SUSPENDED)
        time.sleep(number * 0.04)
        first.kill()
        with up(data, environment=ALLOWED):
            arrived = receiver.wait_for(1, wait_s=60)
            assert len({one.id for one in arrived}) == 1
            quiet(receiver, len(arrived))

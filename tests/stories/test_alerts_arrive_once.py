"""A change on a subscribed key tells its subscriber once, whatever dies in between."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.chance import ROUNDS, UNMEASURED, chance
from tests.stories import asking
from tests.stories.receiver import Receiver, free_port, verified
from tests.stories.tracker_process import Up, answer, tracker, up
from tests.tracker.embedded_server import kill_backend, kill_postmaster

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
    return asking.post(running.url, secret, noun, body)


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
    first = Up(data, environment=ALLOWED | UNMEASURED)
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


def post_until_taken(running: Up, secret: str, noun: str, body: dict[str, Any]) -> None:
    """Sent again while PostgreSQL, or the tracker, comes back."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            post(running, secret, noun, body)
            return
        except OSError:  # refused, cut off, or 503
            time.sleep(0.05)
    raise AssertionError("it did not come back")


def arrived(receiver: Receiver, count: int) -> set[str]:
    """The ids that came, once there are so many."""
    deadline = time.monotonic() + 90
    while len(ids := {one.id for one in receiver.requests}) < count:
        assert time.monotonic() < deadline, "an alert was lost"
        time.sleep(0.02)
    return ids


@pytest.mark.kill
def test_whatever_is_killed_after_an_append_its_alert_arrives_under_one_id(tmp_path: Path) -> None:
    """A post that is sent again says the same, which is no news: there is one alert a change."""
    draw, data, port = chance(), tmp_path / "data", free_port()
    running = Up(data, environment=ALLOWED | UNMEASURED)
    try:
        with Receiver(port) as receiver:
            bearer = token(data)
            subscribe(data, port)
            post(running, bearer, "policies", FREE)
            for number in range(ROUNDS):
                regime = ("visa-required", "visa-free")[number % 2]
                rule = {"nationalities": ["CN"], "regime": regime}
                dated = {"effective_from": f"{2100 + number}-01-01", "action": "amended"}
                body = {**FREE, **dated, "rule": rule}
                post_until_taken(running, bearer, "policies", body)
                time.sleep(draw.uniform(0, 0.12))
                if number % 3 == 0:
                    running.kill()
                    running = Up(data, environment=ALLOWED | UNMEASURED)
                elif number % 3 == 1:
                    kill_postmaster(data)
                else:
                    kill_backend(data, draw)
            assert len(arrived(receiver, ROUNDS)) == ROUNDS
        running.stop()
    finally:
        running.process.kill()

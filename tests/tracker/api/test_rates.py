"""How often a token may ask."""

import pytest
from litestar.exceptions import TooManyRequestsException

from tests.tracker.api.door import Door, problem
from tracker.api.rates import RATES, Rates


class Hands:
    """A clock that is set."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_token_that_asks_too_often_is_told_when_to_come_again() -> None:
    hands = Hands()
    rates = Rates(60, hands)
    assert rates.take("a")["ratelimit"] == '"token";r=59;t=2'
    for _ in range(59):
        rates.take("a")
    with pytest.raises(TooManyRequestsException) as refused:
        rates.take("a")
    assert (refused.value.headers or {})["Retry-After"] == "2"
    rates.take("b")
    hands.at += 2
    rates.take("a")


def test_a_bucket_never_holds_more_than_a_minute_of_requests() -> None:
    hands = Hands()
    rates = Rates(2, hands)
    hands.at += 3600
    rates.take("a")
    rates.take("a")
    with pytest.raises(TooManyRequestsException):
        rates.take("a")


def test_a_rate_of_zero_limits_nobody() -> None:
    assert Rates(0).take("a") == {}


async def test_the_api_answers_429_with_what_is_left(door: Door) -> None:
    door.app.state[RATES] = Rates(1)
    first = await door.get("/facts/types", role="reader")
    assert first.headers["RateLimit"].startswith('"token";r=0;')
    refused = await door.get("/facts/types", role="reader")
    assert problem(refused)[:2] == (429, "too-many-requests")
    assert int(refused.headers["Retry-After"]) > 0
    assert (await door.get("/facts/types", role="analyst")).status == 200

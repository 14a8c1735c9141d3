"""What a server asks of whoever comes again: Retry-After, freshness, and hours and days to skip.

Pure functions of headers and of a moment; the headers' names are in lower case.
"""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

_DIRECTIVE = re.compile(r'([\w-]+)(?:\s*=\s*"?([^",\s]*)"?)?')
DAY_S = 24 * 3600
_HOUR = timedelta(hours=1)
_WEEK_HOURS = 7 * 24


class Hold(msgspec.Struct, frozen=True):
    """A moment before which a server does not want to be asked again, and how it said so.

    It is bounded, as a slip in somebody's configuration must not lose a feed.
    """

    until: datetime
    said: str
    most_s: int = DAY_S


def retry_after_s(headers: Mapping[str, str], now: datetime) -> int | None:
    """Retry-After (RFC 9110, 10.2.3) in seconds: a number, or a date."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return int(value[:9])
    at = _http_date(value)
    return None if at is None else max(0, round((at - now).total_seconds()))


def lifetime_s(headers: Mapping[str, str], now: datetime) -> int | None:
    """For how long an answer is fresh (RFC 9111, 4.2.1); None where it does not say.

    What is malformed is stale, as the standard has it.
    """
    control = _directives(headers.get("cache-control", ""))
    if "no-cache" in control or "no-store" in control:
        return 0
    if "max-age" in control:
        return _seconds(control["max-age"]) or 0
    if "expires" not in headers:
        return None
    expires = _http_date(headers["expires"])
    sent = _http_date(headers.get("date", "")) or now
    return max(0, round((expires - sent).total_seconds())) if expires else 0


def age_s(headers: Mapping[str, str], now: datetime) -> int:
    """How old an answer is on arrival (RFC 9111, 4.2.3): on its way, or in a cache before."""
    sent = _http_date(headers.get("date", "")) or now
    stored = _seconds(headers.get("age", "").partition(",")[0].strip()) or 0
    return max(0, round((now - sent).total_seconds()), stored)


def said_fresh(headers: Mapping[str, str]) -> str:
    """How an answer says for how long it is fresh, for people."""
    control = headers.get("cache-control", "")
    if "max-age" in _directives(control):
        return f"Cache-Control: {control[:80]}"
    return f"Expires: {headers.get('expires', '')[:80]}"


def open_from(at: datetime, hours: Collection[int], days: Collection[int]) -> datetime:
    """The first moment from `at` on that is in no hour of GMT and on no weekday (0 is Monday) to skip.

    A feed that would skip every hour of the week means none of it.
    """
    moment = at.astimezone(UTC)
    for _ in range(_WEEK_HOURS + 1):
        if moment.hour not in hours and moment.weekday() not in days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
    return at


def _directives(value: str) -> dict[str, str]:
    """Cache-Control as name → value; of a directive that comes twice the first counts."""
    found: dict[str, str] = {}
    for part in value.split(","):
        if directive := _DIRECTIVE.match(part.strip()):
            found.setdefault(directive[1].lower(), directive[2] or "")
    return found


def _seconds(value: str) -> int | None:
    return int(value[:9]) if value.isascii() and value.isdigit() else None


def _http_date(value: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None

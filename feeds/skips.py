"""The hours and days on which a feed asks not to be polled (RSS 2.0, skipHours and skipDays)."""

import re

_BLOCK = r"<{0}\b[^<>]*>([^!]{{0,2000}}?)</{0}\s*>"
_HOURS = re.compile(_BLOCK.format("skipHours"), re.IGNORECASE)
_DAYS = re.compile(_BLOCK.format("skipDays"), re.IGNORECASE)
_HOUR = re.compile(r"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>\s*([a-z]{3})[a-z]*\s*</day>", re.IGNORECASE)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def skip_hours(text: str) -> tuple[int, ...]:
    """Hours of GMT from 0 to 23; some feeds call midnight 24."""
    block = _HOURS.search(text)
    hours = {int(hour) % 24 for hour in _HOUR.findall(block[1]) if int(hour) <= 24} if block else ()
    return tuple(sorted(hours))


def skip_days(text: str) -> tuple[int, ...]:
    """Weekdays, 0 for Monday."""
    block = _DAYS.search(text)
    named = {day.lower() for day in _DAY.findall(block[1])} if block else set[str]()
    return tuple(number for number, day in enumerate(_WEEK) if day in named)

"""The words of confirmations, weekly notes, and notices of feeds that fail or live again."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from projections.alerts.message import Note
from projections.alerts.serving import FeedState
from projections.answers import Answer
from tracker.domain.countries import country_name
from tracker.domain.filter import Filter
from tracker.domain.values import regime_words

KEYS_SHOWN = 10
FEEDS_SHOWN = 10
HITS_SHOWN = 3


class Past(msgspec.Struct, frozen=True):
    """What a subscription would have told of in the past year: how much, and the latest in words.

    `events` are those that are put in words; `whole` is false where not all of the year was looked
    at.
    """

    count: int
    latest: tuple[str, ...]
    events: tuple[str, ...] = ()
    whole: bool = True


class Week(msgspec.Struct, frozen=True):
    """What came in a week: alerts that were sent, and those that are held back still.

    `alerted_at` is when the latest alert of all was owed.
    """

    since: datetime
    sent: int = 0
    held: int = 0
    alerted_at: datetime | None = None
    opened_at: datetime | None = None


def confirmation(
    title: str | None, wanted: Filter, state: Sequence[Answer] | None, more: int, past: Past,
    *, changed: bool,
) -> Note:  # fmt: skip
    """What a subscription watches, how that stands, and what it would have told of.

    `state` is None where it could not be read; `more` keys are left out.
    """
    verb = "changed" if changed else "opened"
    lines = [f"This subscription was {verb}. It watches {watches(wanted)}."]
    if state is None:
        lines.append("How that stands now cannot be said: the view of entry rules halted.")
    elif state:
        lines += ["Now:", *(f"  {standing(one)}" for one in state)]
        if more:
            lines.append(f"  and {more} more.")
    else:
        lines.append("No entry rule of it is known yet.")
    many = f"{'' if past.whole else 'at least '}{_counted(past.count, 'event')}"
    lines.append(f"In the past year {many} would have been told of, as known then.")
    if past.latest:
        lines += [
            "The latest:" if past.whole else "Among them:",
            *(f"  {one}" for one in past.latest),
        ]
    shown = state or ()
    bases = [one.decided_by for one in shown] + [
        p.decided_by for one in shown if (p := one.pending)
    ]
    return Note(
        f"Subscription {verb}{f': {title}' if title else ''}",
        tuple(lines),
        tuple(dict.fromkeys((*filter(None, bases), *past.events))),
    )


def watches(wanted: Filter) -> str:
    """A filter in words."""
    given: dict[str, Any] = msgspec.to_builtins(wanted)
    return "; ".join(f"{name.replace('_', ' ')} {_named(v)}" for name, v in given.items())


def _named(value: Any) -> str:
    """The values of a limit; the countries of a way are joined by dashes."""
    several = cast(Iterable[Any], value if isinstance(value, tuple | list) else (value,))
    return ", ".join(one if isinstance(one, str) else _way(one) for one in several)


def _way(one: Any) -> str:
    codes = cast(Iterable[str], one if isinstance(one, tuple | list) else (str(one),))
    return " – ".join(codes)


def standing(one: Answer) -> str:
    """What holds for a key, and what is to come."""
    who = "everybody" if one.nationality == "*" else country_name(one.nationality)
    stay = f" ({one.max_stay_days} days)" if one.max_stay_days else ""
    since = f" since {one.since}" if one.since else ""
    text = f"{country_name(one.destination)}, for {who}: {regime_words(one.regime)}{stay}{since}"
    if one.pending:
        on = f"from {one.pending.on}" if one.pending.on else "from a day not known"
        text += f"; {regime_words(one.pending.to)} {on}"
    return text


def weekly(
    title: str | None, week: Week, feeds: Sequence[FeedState], now: datetime, unmatched: int
) -> Note:
    """What came in the week, or that nothing did and since when, and how the feeds behind it are.

    `unmatched` events of the log were not held against the subscription yet.
    """
    of = f": {title}" if title else ""
    if week.sent or week.held:
        sent = _counted(week.sent, "alert")
        subject = f"{sent[0].upper()}{sent[1:]} in the past week{of}"
        lines = [f"Since {_minute(week.since)} this subscription was sent {sent}."]
        if week.held:
            be = ("is", "was") if week.held == 1 else ("are", "were")
            lines.append(f"{week.held} more {be[0]} held back and {be[1]} not sent yet.")
    else:
        subject, since, when = f"Nothing changed{of}", week.since, "a week ago"
        if week.alerted_at:
            since, when = week.alerted_at, "when the last alert was owed"
        elif week.opened_at:
            since, when = week.opened_at, "when this subscription was opened"
        lines = [f"Nothing that this subscription watches changed since {_minute(since)}, {when}."]
    if unmatched:
        lines.append(f"{_counted(unmatched, 'later event')} of the log were not looked at yet.")
    return Note(subject, (*lines, *_feeds(feeds, now)))


def _feeds(feeds: Sequence[FeedState], now: datetime) -> list[str]:
    if not feeds:
        return ["No feed stands behind it: what changes is told when somebody records it."]
    dead = [f for f in feeds if not f.alive(now)]
    alive = [f for f in feeds if f.alive(now)]
    if not dead:
        count = (
            "The one feed behind it is"
            if len(alive) == 1
            else f"All {len(alive)} feeds behind it are"
        )
        return [f"{count} alive:", *_listed([f"{f.name}, {_read(f)}" for f in alive])]
    lines = [
        f"Of the {_counted(len(feeds), 'feed')} behind it {len(dead)} cannot be relied on:",
        *_listed([f"{f.name}, {_wrong(f)}" for f in dead]),
    ]
    if alive:
        lines += ["Alive:", *_listed([f"{f.name}, {_read(f)}" for f in alive])]
    return lines


def _listed(lines: Sequence[str]) -> list[str]:
    more = len(lines) - FEEDS_SHOWN
    return [f"  {line}" for line in lines[:FEEDS_SHOWN]] + (
        [f"  and {more} more"] if more > 0 else []
    )


def blind_spot(feed: FeedState, *, flaps: bool = False) -> Note:
    """That a feed fails, since when and why: until it lives again, silence says less."""
    when = (
        "It failed before within a day: a message follows when it was read for a whole day."
        if flaps
        else "A message follows when it is read again."
    )
    return Note(
        f"Blind spot: {feed.name}",
        (
            f"{feed.name}, a feed behind this subscription, {_wrong(feed)}.",
            f"What only this feed reports is not noticed meanwhile. {when}",
        ),
    )


def seeing_again(feed: FeedState, since: datetime) -> Note:
    """That a feed lives again, and how long it did not."""
    return Note(
        f"Read again: {feed.name}",
        (
            f"{feed.name}, a feed behind this subscription, is read again; "
            f"it was not since {_minute(since)}.",
        ),
    )


def _wrong(feed: FeedState) -> str:
    if feed.status == "paused":
        return f"is paused ({feed.reason or 'no reason is given'}); {_read(feed)}"
    if feed.failures:
        said = (feed.message or "nothing was said").rstrip(". ")
        polls = "poll" if feed.failures == 1 else f"{feed.failures} polls"
        return f"failed at its last {polls} ({said}); {_read(feed)}"
    return f"was not asked when it should have been; {_read(feed)}"


def _read(feed: FeedState) -> str:
    return f"last read {_minute(feed.succeeded_at)}" if feed.succeeded_at else "never read so far"


def _counted(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

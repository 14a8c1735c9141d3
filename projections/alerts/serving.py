"""Which feeds stand behind a subscription, and whether they can be read.

A feed serves whoever watches a place that its documents named of late. One whose documents named
none serves everybody, and whoever watches no place in particular is served by every feed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from projections.alerts.filters import reach
from tracker.domain.filter import Filter

FAILED_POLLS = 3
"""From so many failed polls in a row on a feed counts as failing; one may be anybody's hiccup."""
OVERDUE = timedelta(hours=1)


class FeedState(msgspec.Struct, frozen=True):
    """A feed with how its last polls went."""

    feed: str
    name: str
    status: str
    reason: str | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime | None
    failures: int
    message: str | None

    @property
    def blind(self) -> bool:
        """Whether it was read by us and cannot be any more, or is not asked."""
        fails = self.status == "paused" or self.failures >= FAILED_POLLS
        return fails and self.polled_at is not None

    def sees(self, since: datetime) -> bool:
        """Whether its last poll went well, and after a moment since which none did."""
        again = self.succeeded_at is not None and self.succeeded_at > since
        return self.status == "active" and self.failures == 0 and again

    def alive(self, now: datetime) -> bool:
        """Whether it was read, and is asked when it should be."""
        late = self.next_at is None or now - self.next_at > OVERDUE
        return (
            not (self.blind or late) and self.status == "active" and self.succeeded_at is not None
        )


Reached = dict[str, frozenset[str]]
"""Feed → the countries and groups that its documents name or reach."""


def reached(named: Iterable[tuple[str, Iterable[str]]]) -> Reached:
    """What feeds speak of, by what their documents named; `*` names no place."""
    return {
        feed: frozenset().union(*(reach(n) for n in names if n != "*")) - {"*"}
        for feed, names in named
    }


def places(wanted: Filter) -> frozenset[str]:
    """Where what a filter watches happens; whom it concerns, where it names no place."""
    keys = [key.partition("|") for key in wanted.entry_rules]
    ways = (code for way in wanted.corridors for code in way)
    where = {*wanted.destinations, *wanted.countries, *ways, *(key[0] for key in keys)}
    return frozenset(where or wanted.nationalities)


def serves(feed: str, speaks_of: Reached, watched: frozenset[str]) -> bool:
    """Whether a feed stands behind a subscription that watches these places."""
    known = speaks_of.get(feed)
    return not known or not watched or "*" in watched or not known.isdisjoint(watched)

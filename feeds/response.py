"""What is handed from a poll to the intake."""

import msgspec

from feeds.fetched import Fetched
from feeds.parsed import ParsedFeed
from tracker.domain.feed import FeedState


class Response(msgspec.Struct, frozen=True):
    """What one poll of one feed gave; `first` if the feed was never polled with success."""

    fetched: Fetched
    parsed: ParsedFeed
    feed: FeedState
    first: bool

"""Feeds: polls that find nothing new, polls that find twenty items, and ten thousand feeds."""

import subprocess
import sys
from collections.abc import Iterator

import msgspec
import uvloop

from tests.bench.feed_poller import MANY
from tests.bench.feed_site import ITEMS
from tests.bench.row import Row
from tracker.embedded import SUPERUSER, Embedded
from tracker.log.database import ROLES, create_database

_DATABASE = "bench_feeds"


def _measured(server: Embedded) -> dict[str, float]:
    superuser = server.url(user=SUPERUSER, database="postgres")
    uvloop.run(create_database(superuser, _DATABASE, "tracker_migrate", ROLES))
    url = server.url(user="ROLE", database=_DATABASE)
    program = [sys.executable, "-m"]
    with subprocess.Popen(
        [*program, "tests.bench.feed_site"], stdout=subprocess.PIPE, text=True
    ) as site:
        try:
            assert site.stdout is not None
            port = site.stdout.readline().strip()
            polled = subprocess.run(
                [*program, "tests.bench.feed_poller", url, port], stdout=subprocess.PIPE, check=True
            )
        finally:
            site.kill()
    return msgspec.json.decode(polled.stdout, type=dict[str, float])


def rows(server: Embedded) -> Iterator[Row]:
    """What one worker process polls, and how it bears ten thousand feeds."""
    found = _measured(server)
    yield Row.of("feeds", "polls that find nothing new (304)", found["same"], "polls/s")
    yield Row.of(
        "feeds", f"polls that find {ITEMS} new items", found["new"], "feeds/s",
        ("feedparser alone", found["alone"]),
    )  # fmt: skip
    yield Row.of("feeds", f"first polls of {MANY:,} feeds", found["first"], "polls/s")
    yield Row.of("feeds", f"{MANY:,} feeds, time ten times as fast: late", found["late"], "s")
    yield Row.of("feeds", f"memory of the poller, {MANY:,} feeds", found["memory"], "MB")
    yield Row.of("feeds", "memory of its parser", found["children"], "MB")

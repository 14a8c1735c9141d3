"""`/metrics`: figures of the log, views, alerts, feeds and this process, as Prometheus reads them."""

from collections.abc import Iterable, Iterator
from typing import Any

from litestar import Request, Response, get
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from projections.alerts.figures import AlertFigures, alert_figures
from projections.progress import Progress, progress
from tracker import __version__
from tracker.api.access import LOCAL, OpenParts
from tracker.api.measuring import Meter
from tracker.log.database import Database
from tracker.tables.hosts import Polls, polls

TEXT = "text/plain; version=0.0.4; charset=utf-8"


class _Now(Collector):
    """What was asked of the database just now."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = list(found)

    def collect(self) -> Iterable[Metric]:
        """The families."""
        return self._found


@get("/metrics", opt=LOCAL, tags=["health"], media_type=TEXT)
async def metrics(request: Request[Any, Any, Any], parts: OpenParts) -> Response[bytes]:
    """Figures in the text format of Prometheus; on this machine no token is needed."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    head = await parts.reader.head()
    views = await progress(parts.database)
    registry.register(_Now(_of_log(head, views)))
    registry.register(_Now(_of_alerts(head, await alert_figures(parts.database))))
    registry.register(_Now(_of_feeds(await polls(parts.database, parts.clock()))))
    pools = (parts.database, parts.view_database, parts.deliver_database)
    registry.register(_Now(_of_pools(pools)))
    meter: Meter = request.app.state["meter"]
    text = generate_latest(registry) + generate_latest(meter.registry)
    return Response(text, media_type=TEXT)


def _of_log(head: int, views: list[Progress]) -> Iterator[Metric]:
    build = GaugeMetricFamily("tracker_build", "Always 1.", labels=["version"])
    build.add_metric([__version__], 1)
    yield build
    yield GaugeMetricFamily("tracker_log_position", "The last position of the log.", head)
    lag = GaugeMetricFamily("tracker_view_lag_events", "Events not folded yet.", labels=["view"])
    lag_s = GaugeMetricFamily(
        "tracker_view_lag_seconds", "Age of the first event that is not folded.", labels=["view"]
    )
    dead = GaugeMetricFamily(
        "tracker_view_dead_letters", "Events that a view could not fold.", labels=["view"]
    )
    halted = GaugeMetricFamily(
        "tracker_view_halted", "1 where a view stands still.", labels=["view"]
    )
    for view in views:
        lag.add_metric([view.view], view.lag)
        lag_s.add_metric([view.view], view.lag_s)
        dead.add_metric([view.view], view.dead_letters)
        halted.add_metric([view.view], view.halted is not None)
    yield from (lag, lag_s, dead, halted)


def _of_alerts(head: int, found: AlertFigures) -> Iterator[Metric]:
    messages = GaugeMetricFamily(
        "tracker_alert_messages", "Messages by what became of them.", labels=["status"]
    )
    for status in ("owed", "delivered", "dead", "cancelled"):
        messages.add_metric([status], found.messages.get(status, 0))
    yield messages
    for name, text, value in (
        ("held", "Alerts that wait for a digest, a morning or a ceiling.", found.held),
        ("oldest_owed_seconds", "Age of the oldest message not delivered.", found.oldest_owed_s),
        ("open_circuits", "Endpoints left alone for a while.", found.open_circuits),
        ("match_lag_events", "Events not matched yet.", max(head - found.matched, 0)),
    ):
        yield GaugeMetricFamily(f"tracker_alert_{name}", text, value)
    first = GaugeMetricFamily(
        "tracker_alert_first_attempt_seconds", "From owed to first attempt, last hour.",
        labels=["quantile"],
    )  # fmt: skip
    first.add_metric(["0.5"], found.first_attempt_p50_s)
    first.add_metric(["0.99"], found.first_attempt_p99_s)
    yield first


def _of_feeds(found: Polls) -> Iterator[Metric]:
    feeds = GaugeMetricFamily("tracker_feeds", "Feeds by how they are.", labels=["state"])
    for state, count in (
        ("all", found.feeds), ("failing", found.failing), ("quiet", found.quiet),
        ("overdue", found.overdue),
    ):  # fmt: skip
        feeds.add_metric([state], count)
    yield feeds
    for name, text, value in (
        ("polls", "Polls of feeds.", found.polls),
        ("requests", "Requests to hosts of feeds.", found.requests),
        ("bytes", "Bytes that they sent.", found.bytes),
        ("waits", "Waits that a server asked for.", found.waits),
    ):
        yield CounterMetricFamily(f"tracker_feed_{name}", text, value)


def _of_pools(pools: Iterable[Database]) -> Iterator[Metric]:
    found = GaugeMetricFamily(
        "tracker_pool_connections", "Connections of this process to the database.",
        labels=["role", "state"],
    )  # fmt: skip
    for pool in pools:
        for state, count in pool.connections().items():
            found.add_metric([pool.role, state], count)
    yield found

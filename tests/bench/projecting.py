"""The peer's projection: one view of the `eventsourcing` library, an upsert an event, tracked."""

import time
from typing import Any

import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from tracker.embedded import SUPERUSER, Embedded
from tracker.supervisor import PORT

_DATABASE = "bench_peer_projection"
_EVENTS = 20_000
_AT_ONCE = 20


class Rule(Aggregate):
    """An entry rule that is introduced and then changed."""

    @event("Introduced")
    def __init__(self, destination: str, nationality: str, regime: str) -> None:
        self.destination = destination
        self.nationality = nationality
        self.regime = regime

    @event("Amended")
    def amend(self, regime: str, effective_from: str) -> None:
        """Give it another regime."""
        self.regime = regime


class RuleTable(PostgresTrackingRecorder):
    """The view's table; a row and the position are written in one transaction."""

    def __init__(self, datastore: Any, **options: Any) -> None:
        super().__init__(datastore, **options)
        self.sql_create_statements.append(
            SQL("create table if not exists rule_now (rule uuid primary key, regime text)")
        )

    def put(self, rule: Any, regime: str | None, tracking: Any) -> None:
        """The regime that a rule has now."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                "insert into rule_now (rule, regime) values (%s, %s)"
                " on conflict (rule) do update set regime = excluded.regime",
                (rule, regime),
            )
            self._insert_tracking(cursor, tracking)


class RuleProjection(Projection[RuleTable]):
    """Every event is one upsert."""

    name = "rules"
    topics = ()

    def process_event(self, domain_event: Any, tracking: Any) -> None:
        """Write what the event makes of its rule."""
        regime = getattr(domain_event, "regime", None)
        self.view.put(domain_event.originator_id, regime, tracking)


def projected(server: Embedded) -> float:
    """Events a second that the peer's runner folds into its view, from the first event on."""
    with psycopg.connect(server.url(user=SUPERUSER, database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database if exists {_DATABASE} with (force)".encode())
        admin.execute(f"create database {_DATABASE}".encode())
    environment = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": _DATABASE,
        "POSTGRES_HOST": server.socket_dir,
        "POSTGRES_PORT": str(PORT),
        "POSTGRES_USER": SUPERUSER,
        "POSTGRES_PASSWORD": "-",
    }
    application: Application[Any] = Application(env=environment)
    for _ in range(_EVENTS // _AT_ONCE):
        rules = [Rule("EC", "CN", "visa-free") for _ in range(_AT_ONCE // 2)]
        for rule in rules:
            rule.amend("visa-required", "2024-07-01")
        application.save(*rules)
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=Application,
        projection_class=RuleProjection,
        view_class=RuleTable,
        env=environment,
    ) as runner:
        runner.wait(application.recorder.max_notification_id(), timeout=300)
    return _EVENTS / (time.perf_counter() - started)

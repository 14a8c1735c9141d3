"""The API: one file a noun with its routes, each with its line in `ROUTES`."""

from litestar.di import Provide
from litestar.router import Router
from litestar.types import ControllerRouterHandler

from tracker.api.access import admit
from tracker.api.alerts import AlertRoutes
from tracker.api.bodies import Strict
from tracker.api.calendar import calendar
from tracker.api.channels import ChannelRoutes
from tracker.api.claims import claims
from tracker.api.conflicts import asserted_relations, conflicts
from tracker.api.corrections import CorrectionRoutes
from tracker.api.diff import diff
from tracker.api.documentation import openapi
from tracker.api.documents import DocumentRoutes
from tracker.api.drafts import DraftRoutes
from tracker.api.entry_rules import EntryRules, provide_holder
from tracker.api.event_stream import event_stream
from tracker.api.events import EventRoutes
from tracker.api.facts import Facts
from tracker.api.feed_access import FeedAccessRoutes
from tracker.api.feeds import FeedRoutes
from tracker.api.formats import Negotiated
from tracker.api.health import health, live, ready
from tracker.api.held import HeldRoutes
from tracker.api.incidents import IncidentRoutes
from tracker.api.links import reading_links
from tracker.api.log import proof
from tracker.api.merges import merge_incident, merge_party
from tracker.api.metrics import metrics
from tracker.api.once import provide_once
from tracker.api.opml import OpmlRoutes
from tracker.api.paging import provide_paging
from tracker.api.parties import PartyRoutes
from tracker.api.policies import Policies
from tracker.api.positions import positions
from tracker.api.reading import provide_clocks, provide_reading
from tracker.api.relations import RelationRoutes
from tracker.api.statements import StatementRoutes
from tracker.api.statistics import StatisticRoutes
from tracker.api.subscriptions import SubscriptionRoutes
from tracker.api.timeline import TimelineRoutes, provide_wanted
from tracker.api.users import UserRoutes
from tracker.api.writing import provide_writer

ROUTES: tuple[ControllerRouterHandler, ...] = (
    EntryRules,
    Policies,
    StatementRoutes,
    StatisticRoutes,
    IncidentRoutes,
    claims,
    positions,
    conflicts,
    asserted_relations,
    Facts,
    CorrectionRoutes,
    RelationRoutes,
    merge_incident,
    merge_party,
    TimelineRoutes,
    calendar,
    diff,
    PartyRoutes,
    DocumentRoutes,
    DraftRoutes,
    FeedRoutes,
    FeedAccessRoutes,
    OpmlRoutes,
    SubscriptionRoutes,
    reading_links,
    ChannelRoutes,
    AlertRoutes,
    HeldRoutes,
    EventRoutes,
    event_stream,
    proof,
    UserRoutes,
    health,
    live,
    ready,
    metrics,
    openapi,
)


def api() -> Router:
    """Everything under `/api/v1`, behind the guard."""
    return Router(
        "/api/v1",
        route_handlers=list(ROUTES),
        guards=[admit],
        request_class=Strict,
        response_class=Negotiated,
        dependencies={
            "reading": Provide(provide_reading),
            "clocks": Provide(provide_clocks),
            "paging": Provide(provide_paging),
            "holder": Provide(provide_holder),
            "wanted": Provide(provide_wanted),
            "write": Provide(provide_writer),
            "once": Provide(provide_once),
        },
    )

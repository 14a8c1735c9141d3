"""Read models and alerts: everything here can be thrown away and folded again from the log."""

from projections.view import View
from projections.views import (
    calendar,
    claims,
    conflicts,
    documents,
    entry_rules,
    feeds,
    inbox,
    incidents,
    parties,
    policies,
    positions,
    statements,
    statistics,
    subscriptions,
    timeline,
)

VIEWS: tuple[View, ...] = (
    entry_rules.VIEW,
    timeline.VIEW,
    calendar.VIEW,
    inbox.VIEW,
    policies.VIEW,
    statements.VIEW,
    statistics.VIEW,
    incidents.VIEW,
    conflicts.VIEW,
    claims.VIEW,
    parties.VIEW,
    positions.VIEW,
    documents.VIEW,
    feeds.VIEW,
    subscriptions.VIEW,
)

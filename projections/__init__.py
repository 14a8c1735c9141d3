"""Read models and alerts: everything here can be thrown away and folded again from the log."""

from projections.view import View
from projections.views import (
    calendar,
    documents,
    entry_rules,
    feeds,
    inbox,
    parties,
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
    statements.VIEW,
    statistics.VIEW,
    parties.VIEW,
    documents.VIEW,
    feeds.VIEW,
    subscriptions.VIEW,
)

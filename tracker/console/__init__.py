"""The console: pages for people, rendered here, that work without JavaScript."""

from tracker.console import (
    acting,
    assets,
    cell,
    deciding,
    documents,
    events,
    feeds,
    home,
    inbox,
    login,
    policy,
    record,
)

PAGES = (
    home.PAGE,
    policy.PAGE,
    cell.PAGE,
    events.PAGE,
    record.PAGE,
    acting.PAGE,
    documents.PAGE,
    inbox.PAGE,
    deciding.PAGE,
    feeds.PAGE,
    login.PAGE,
    assets.PAGE,
)

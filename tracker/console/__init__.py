"""The console: pages for people, rendered here, that work without JavaScript."""

from tracker.console import (
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
)

PAGES = (
    home.PAGE,
    policy.PAGE,
    cell.PAGE,
    events.PAGE,
    documents.PAGE,
    inbox.PAGE,
    deciding.PAGE,
    feeds.PAGE,
    login.PAGE,
    assets.PAGE,
)

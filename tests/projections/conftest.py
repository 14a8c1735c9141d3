"""The database as the runner has it."""

from collections.abc import AsyncIterator

import pytest

from tests.place import Place
from tracker.log.database import Database


@pytest.fixture
async def views(place: Place) -> AsyncIterator[Database]:
    """Under the role that keeps views."""
    async with place.open("tracker_view") as opened:
        yield opened

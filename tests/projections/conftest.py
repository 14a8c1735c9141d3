"""The database as the runner has it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from tests.conftest import MIGRATED, cloned
from tests.place import Cluster, Place, parts_at
from tests.projections.office import Office
from tests.projections.test_view_tables import LOG
from tracker.domain.base import NewEvent
from tracker.log.database import Database


@pytest.fixture
def place(server: Cluster, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty, migrated database of the test's own, without any view."""
    with cloned(server, tmp_path / "data", request.node.nodeid, MIGRATED) as made:
        yield made


@pytest.fixture
async def views(place: Place) -> AsyncIterator[Database]:
    """Under the role that keeps views."""
    async with place.open("tracker_view") as opened:
        yield opened


@pytest.fixture
async def office(place: Place, tmp_path: Path) -> AsyncIterator[Office]:
    """Where bundles of most kinds of event are made."""
    async with parts_at(place) as parts:
        made = Office(parts, tmp_path)
        await made.append(*(NewEvent(UUID(int=i), e) for i, e in enumerate(LOG, 1) if e))
        yield made

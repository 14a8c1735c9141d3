"""A page can be asked for what was just written, like every other read of a view."""

import re

from tests.place import Place
from tests.tracker.console.conftest import Browser
from tracker.console import PAGES

SOME = {"destination": "EC", "nationality": "CN"}
SOME_ID = "018f0000-0000-7000-8000-000000000000"


def pages() -> list[str]:
    """The address of every page."""
    return [
        re.sub(r"\{(\w+)[^}]*\}", lambda name: SOME.get(name[1], SOME_ID), route.path)
        for router in PAGES
        for route in router.routes
        if "GET" in route.methods
    ]


async def test_every_page_that_reads_a_view_takes_min_position(
    analyst: Browser, place: Place
) -> None:
    addresses = pages()
    assert len(addresses) > 7
    blind: list[str] = []
    for path in addresses:
        answer = await analyst.get(f"{path}?min_position=99", follow_redirects=False)
        if answer.status_code == 400:
            assert "min_position: the log ends at 0" in answer.text
            wrong = await analyst.get(f"{path}?min_position=x")
            assert "is not a position in the log" in wrong.text
        else:
            blind.append(path)

    place.drop_views()
    for path in blind:
        answer = await analyst.get(path, follow_redirects=False)
        assert answer.status_code < 500, f"{path} reads a view and takes no min_position"

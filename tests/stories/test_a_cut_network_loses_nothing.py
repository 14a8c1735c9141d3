"""The network between workers and their database falls silent: others go on, and it comes back."""

import time
from pathlib import Path

import pytest

from tests.chance import ROUNDS, TORTURE
from tests.debian import NEEDS_15
from tests.stories.asking import eventually
from tests.stories.cable import FAR, cable, possible
from tests.stories.own_server import own_server
from tests.stories.proxy import Proxy
from tests.stories.site_under_load import site_on

pytestmark = [
    NEEDS_15,
    # What is silent is waited for.
    *TORTURE,
]
_FROM_AFAR = "select count(*) from pg_stat_activity where client_addr is not null"
_NOTICED_S = 40.0


@pytest.mark.skipif(not possible(), reason="no networks can be made here")
def test_a_worker_behind_a_cut_cable_is_replaced_and_leaves_no_lock(tmp_path: Path) -> None:
    with (
        cable() as network,
        own_server(address=FAR, entered=network.entered) as own,
        site_on(own, tmp_path / "data", own.url(), workers=(own.over_tcp(), own.url())) as site,
    ):
        for _ in range(ROUNDS // 25):
            eventually(lambda: own.ask(_FROM_AFAR) != [(0,)])
            time.sleep(2)
            network.pull()
            cut = time.monotonic()
            eventually(lambda: own.ask(_FROM_AFAR) == [(0,)], _NOTICED_S)
            print(f"noticed after {time.monotonic() - cut:.1f} s")
            site.goes_on()
            site.is_well()
            site.told_since()
            network.plug()
        eventually(lambda: own.ask(_FROM_AFAR) != [(0,)])
        site.is_proved(tmp_path)


def test_a_silent_database_is_said_to_be_away_and_what_was_under_way_is_done(
    tmp_path: Path,
) -> None:
    with (
        own_server() as own,
        Proxy(own.port) as network,
        site_on(own, tmp_path / "data", own.over_tcp(network.port)) as site,
    ):
        for _ in range(ROUNDS // 25):
            refused = len(site.writer.refusals)
            network.silence()
            site.not_ready()
            site.is_refused(since=refused)
            network.go_on()
            site.goes_on()
            network.silence()
            site.not_ready()
            network.reset()
            network.go_on()
            site.goes_on()
        site.is_proved(tmp_path)

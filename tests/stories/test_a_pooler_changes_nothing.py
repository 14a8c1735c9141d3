"""Everything goes through a pooler in transaction mode, which hands connections to whoever comes next."""

from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.chance import ROUNDS, TORTURE
from tests.debian import NEEDS_15
from tests.stories.asking import eventually, get
from tests.stories.own_server import PGBOUNCER, POOLER, own_server
from tests.stories.site_under_load import site_on

pytestmark = [
    NEEDS_15,
    pytest.mark.skipif(not PGBOUNCER.exists(), reason="pgbouncer is not installed"),
    # It takes a minute.
    *TORTURE,
]
_LISTENS = "select count(*) from pg_stat_activity where query ilike 'listen%'"
_PREPARED = "select count(*) from pg_stat_activity where query ilike 'prepare%'"


def test_all_that_a_site_does_works_through_a_pooler_that_is_ended_and_started_again(
    tmp_path: Path,
) -> None:
    with own_server() as own, own.pooler() as pooler:
        through = own.url(POOLER)
        with site_on(own, tmp_path / "data", through, TRACKER_POOLER="true") as site:
            eventually(lambda: len(site.writer.acknowledged) > 20)
            headers = {"Authorization": f"Bearer {site.bearer}"}
            live = Request(f"{site.url}/api/v1/events/stream?after=0", headers=headers)
            with urlopen(live, timeout=30) as stream:
                said = [stream.readline().decode() for _ in range(40)]
            assert any(line.startswith("id:") for line in said), said
            position = max(site.writer.acknowledged.values())
            assert get(site.url, site.bearer, f"policies?min_position={position}")
            assert own.ask(_LISTENS) == [(0,)]
            for _ in range(ROUNDS // 25):
                pooler.end()
                site.not_ready()
                pooler.start()
                site.goes_on()
            assert "roles can act" in site.run("doctor")
            assert "folded to position" in site.run("rebuild")
            assert "is what the log gives" in site.run("rebuild", "--check")
            assert "holds the log" in site.run("backup", str(tmp_path / "backup"))
            assert "The log" in site.run("status")
            page = tmp_path / "page.txt"
            page.write_text("Nobody waits.")
            document = site.run("document", "add", str(page))
            assert document
        site.is_proved(tmp_path)

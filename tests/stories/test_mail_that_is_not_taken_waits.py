"""The mail server is away, hangs or puts off: mail arrives once it is back, and holds up nobody."""

import time
from pathlib import Path

from tests.chance import TORTURE
from tests.debian import NEEDS_15
from tests.stories.asking import eventually
from tests.stories.own_server import own_server
from tests.stories.site_under_load import Site, site_on

pytestmark = [
    NEEDS_15,
    # What hangs is waited for, and what was left alone.
    *TORTURE,
]
_FAILED = (
    "select count(*) from alert.attempt a join app.channel c on c.id::text = a.channel"
    " where c.kind = 'email' and a.error is not null and a.attempted_at > to_timestamp({})"
)


def test_mail_waits_for_its_server_and_webhooks_do_not(tmp_path: Path) -> None:
    with (
        own_server() as own,
        site_on(own, tmp_path / "data", own.url(), mailed=True) as site,
    ):
        eventually(lambda: len(site.mail.ids) > 3)
        site.mail.refuse()
        _mail_alone_waits(site)
        site.mail.listen()
        _arrives(site)
        site.mail.be(silent=True)
        _mail_alone_waits(site)
        site.mail.be()
        _arrives(site)
        site.mail.be(answer="451 4.7.1 later")
        _mail_alone_waits(site)
        site.mail.be()
        _arrives(site)


def _mail_alone_waits(site: Site) -> None:
    """Mails fail, and whoever is told otherwise does not notice."""
    began = time.time()
    eventually(lambda: _failed(site, began) >= 5)
    before = len(site.mail.ids)
    site.told_since(10)
    assert len(site.mail.ids) == before


def _arrives(site: Site) -> None:
    """An endpoint that failed is left alone for a while, and then asked with one message."""
    before = len(site.mail.ids)
    eventually(lambda: len(site.mail.ids) > before + 5, 300)


def _failed(site: Site, since: float) -> int:
    """How many mails were not taken."""
    return int(str(site.ask(_FAILED.format(since))[0][0]))

"""A site at work: somebody writes without pause, somebody is told by webhook, somebody by mail."""

import itertools
import json
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.chance import UNMEASURED
from tests.stories.asking import PLACES, Threads, change, eventually, get, post
from tests.stories.mail_server import MailServer
from tests.stories.own_server import OwnServer
from tests.stories.receiver import Receiver, free_port
from tests.stories.site_process import Process
from tests.stories.tracker_process import command, up
from tests.tracker.cli.auditing import verified

Ask = Callable[[str], list[tuple[Any, ...]]]
_TIMEOUT_S = 20.0
_PLACES = PLACES[:20]
_PAUSE_S = 0.2
_LAST_TRIES = 20
_REGIMES = ("visa-free", "visa-required")
_WANTED = {"nationalities": ["CN"]}
_OWED = "select event::text from alert.owed where subscription = '{}' order by position"
_SENT = "select id::text from alert.message where channel = '{}'"
_LEFT = """
select m.id::text, m.status, m.next_at::text, m.leased_until::text, a.error
from alert.message m left join alert.attempt a on a.message = m.id and a.number = m.attempts
where m.status <> 'delivered'
"""
_MATCHED = (
    "select (select position from alert.cursor where name = 'matcher')"
    " >= (select max(position) from log.event where type = 'policy-changed')"
)
_RECORDED = "select id::text, position from log.event where type = 'policy-changed'"


class Writer(Threads):
    """Records one change after the other, each sent again under its key until it is acknowledged."""

    def __init__(self, url: str, bearer: str) -> None:
        super().__init__(self._write)
        self.acknowledged: dict[str, int] = {}
        self.refusals: list[str] = []
        self.cut = 0
        self.faults: list[str] = []
        self._url, self._bearer = url, bearer

    def _write(self) -> None:
        for number in itertools.count():
            last_tries = _LAST_TRIES
            while not self._sent(number) and not self.faults:
                last_tries -= self.stop.wait(0.05)
                if not last_tries:
                    self.faults.append("the last change was never acknowledged")
            if self.stop.is_set():
                return
            self.stop.wait(_PAUSE_S)

    def _sent(self, number: int) -> bool:
        headers = {
            "Authorization": f"Bearer {self._bearer}", "Content-Type": "application/json",
            "Idempotency-Key": f"change {number}",
        }  # fmt: skip
        body = json.dumps(change(number, _PLACES, _REGIMES)).encode()
        try:
            with urlopen(
                Request(f"{self._url}/api/v1/policies", body, headers), timeout=_TIMEOUT_S
            ) as answer:
                done = json.load(answer)
                self.acknowledged[done["event"]] = done["position"]
                return True
        except HTTPError as refused:
            self._judge(refused)
        except OSError:  # cut off, or no answer came in time: nothing was promised
            self.cut += 1
        return False

    def _judge(self, refused: HTTPError) -> None:
        """Only that it is to be tried again may be said, and why in one sentence."""
        said = refused.read().decode()
        detail = json.loads(said).get("detail", "") if said.startswith("{") else ""
        if refused.code == 503 and refused.headers["Retry-After"] and "\n" not in detail:
            self.refusals.append(detail)
        else:
            self.faults.append(f"{refused.code} {said}")


class Site:
    """All processes of a site, with whoever uses it."""

    def __init__(self, data: Path, ask: Ask, environment: dict[str, str]) -> None:
        """`ask` asks the database, `environment` has the settings of all processes."""
        self.data, self.ask, self.environment = data, ask, environment
        self.receiver: Receiver
        self.mail: MailServer
        self.url = ""
        self.writer: Writer
        self.told: dict[str, tuple[str, str]] = {}
        """Kind of channel → channel and subscription."""
        self.bearer = ""

    def run(self, *words: str, **other: str) -> str:
        """Run a command of the tracker; what it printed."""
        return command(*words, environment=self.environment | other, cwd=self.data.parent)

    def health(self, path: str = "") -> Any:
        """What the server says of itself, also where it says that it is not well."""
        try:
            return get(self.url, self.bearer, f"health{path}")
        except HTTPError as unwell:
            return json.load(unwell)

    def not_ready(self, within_s: float = 30) -> None:
        """Wait until the server says that it should not be asked, for want of a database."""
        unready = {"status": "not ready", "reason": "the database does not answer"}
        eventually(lambda: self.health("/ready") == unready, within_s)

    def is_refused(self, *, since: int, within_s: float = 120) -> None:
        """Wait until several writes were put off after so many."""
        eventually(lambda: len(self.writer.refusals) > since + 2, within_s)

    def goes_on(self, within_s: float = 60) -> None:
        """Wait until the server is ready, and what is written now is acknowledged."""
        eventually(lambda: self.health("/ready")["status"] == "ready", within_s)
        before = len(self.writer.acknowledged)
        eventually(lambda: len(self.writer.acknowledged) > before + 2, within_s)

    def is_well(self, within_s: float = 90) -> None:
        """Wait until nothing is amiss."""
        deadline = time.monotonic() + within_s
        while (said := self.health())["status"] != "ok":
            assert time.monotonic() < deadline, said
            time.sleep(0.2)

    def told_since(self, within_s: float = 60) -> None:
        """Wait until what is recorded from now on is told by webhook."""
        before = len(self.receiver.requests)
        eventually(lambda: len(self.receiver.requests) > before + 5, within_s)

    def subscribe(self, kind: str, settings: dict[str, str]) -> None:
        """Have somebody told of every change."""
        made = post(self.url, self.bearer, "channels", {kind: settings})["channel"]
        opened = post(self.url, self.bearer, "subscriptions", {"filter": _WANTED, "channel": made})
        self.told[kind] = (made, opened["subscription"])

    def lost_nothing(self) -> None:
        """All that was acknowledged is there once, every alert arrived, and all of it is proved."""
        assert self.writer.faults == []
        assert dict(self.ask(_RECORDED)) == self.writer.acknowledged
        positions = [row[0] for row in self.ask("select position from log.event order by 1")]
        assert positions == list(range(1, len(positions) + 1))
        eventually(lambda: self.ask(_MATCHED) == [(True,)])
        deadline = time.monotonic() + 120
        while left := self.ask(_LEFT):
            assert time.monotonic() < deadline, left
            time.sleep(0.2)
        changes = sorted(self.writer.acknowledged, key=lambda e: self.writer.acknowledged[e])
        arrived = {
            "webhook": [r.id for r in (*self.receiver.requests, *self.receiver.confirmations)],
            "email": self.mail.ids,
        }
        for kind, (channel, subscription) in self.told.items():
            # The first of a place changes nothing that was known.
            owed = [row[0] for row in self.ask(_OWED.format(subscription))]
            assert owed == changes[len(_PLACES) :]
            sent = {str(row[0]) for row in self.ask(_SENT.format(channel))}
            assert set(arrived[kind]) == sent
            print(f"{kind}: {len(sent)} messages, {len(arrived[kind]) - len(sent)} came again")
        self.is_well()
        print(
            f"{len(changes)} changes, {len(self.writer.refusals)} put off, {self.writer.cut} cut off"
        )

    def is_proved(self, folder: Path) -> None:
        """The views are what the log gives, and the log is what was signed."""
        self.run("rebuild", "--check")
        (folder / "checkpoint").write_text(self.run("checkpoint"))
        (folder / "key").write_text(self.run("checkpoint", "--key"))
        self.run("export", str(folder / "log.zip"))
        known = ("--key", folder / "key", "--checkpoint", folder / "checkpoint")
        assert "Proved: order and integrity" in verified(folder / "log.zip", *known)


@contextmanager
def site_on(
    own: OwnServer,
    data: Path,
    url: str,
    *,
    workers: Sequence[str] = (),
    mailed: bool = False,
    **other: str,
) -> Generator[Site]:
    """A server at the address of a database, and workers at the same or at others, under load."""
    settings = _settings(data) | {"TRACKER_DATABASE_URL": url} | other
    site = Site(data, own.ask, settings)
    direct = {"TRACKER_DATABASE_URL": own.url(), "TRACKER_POOLER": "false"}
    site.run("migrate", **direct)
    site.run("user", "add", "ana", "--role", "admin", **direct)
    site.bearer = site.run("user", "token", "ana", **direct).strip()
    with ExitStack() as stack:

        def start(at: str, *words: str) -> Process:
            given = settings | {"TRACKER_DATABASE_URL": at}
            return stack.enter_context(Process(data, *words, environment=given, named=False))

        site.url = start(url, "serve", "--port", "0", "--drain", "0").url
        for at in workers or (url,):
            start(at, "work")
        with _in_use(site, mailed=mailed):
            yield site


@contextmanager
def site_of_one(data: Path, ask: Ask) -> Generator[Site]:
    """`tracker up` under load, on the PostgreSQL of its data folder."""
    site = Site(data, ask, _settings(data))
    with up(data, environment=site.environment) as running:
        site.url = running.url
        site.bearer = site.run("user", "token", "operator").strip()
        with _in_use(site, mailed=False):
            yield site


def _settings(data: Path) -> dict[str, str]:
    return {
        "TRACKER_DATA": str(data), "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8",
        "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
        "TRACKER_MAIL_FROM": "tracker@example.org",
        **UNMEASURED,
    }  # fmt: skip


@contextmanager
def _in_use(site: Site, *, mailed: bool) -> Generator[None]:
    """Somebody writes all the time, others are told; at the end nothing is lost."""
    port = int(site.environment["TRACKER_SMTP_URL"].rpartition(":")[2])
    with Receiver(free_port()) as site.receiver, MailServer(port) as site.mail:
        site.subscribe("webhook", {"url": f"http://127.0.0.1:{site.receiver.port}/hook"})
        if mailed:
            site.subscribe("email", {"address": "ana@example.org"})
        with Writer(site.url, site.bearer) as site.writer:
            eventually(lambda: len(site.writer.acknowledged) > 2)
            yield
        site.lost_nothing()

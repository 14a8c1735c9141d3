"""A site at work: somebody writes without pause, somebody is told by webhook, somebody by mail."""

import itertools
import json
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.stories.asking import Threads, change, get
from tests.stories.mail_server import MailServer
from tests.stories.own_server import OwnServer
from tests.stories.receiver import Receiver, free_port
from tests.stories.site_process import Process
from tests.stories.tracker_process import command
from tests.tracker.cli.auditing import verified

_TIMEOUT_S = 10.0
_PLACES = ("EC", "MY")
_REGIMES = ("visa-free", "visa-required")
_WANTED = {"nationalities": ["CN"]}
_OWED = "select event::text from alert.owed where subscription = '{}' order by position"
_SENT = "select id::text from alert.message where channel = '{}'"
_LEFT = "select count(*) from alert.message where status <> 'delivered'"
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
            if self.stop.is_set():
                return
            while not self._sent(number) and not self.faults:
                time.sleep(0.05)
            time.sleep(0.02)

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

    def __init__(self, own: OwnServer, data: Path, environment: dict[str, str]) -> None:
        self.own, self.data, self.environment = own, data, environment
        self.receiver: Receiver
        self.mail: MailServer
        self.server: Process
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
            return get(self.server.url, self.bearer, f"health{path}")
        except HTTPError as unwell:
            return json.load(unwell)

    def not_ready(self, within_s: float = 30) -> None:
        """Wait until the server says that it should not be asked, for want of a database."""
        unready = {"status": "not ready", "reason": "the database does not answer"}
        eventually(lambda: self.health("/ready") == unready, within_s)

    def goes_on(self, within_s: float = 60) -> None:
        """Wait until the server is ready, and what is written now is acknowledged."""
        eventually(lambda: self.health("/ready")["status"] == "ready", within_s)
        before = len(self.writer.acknowledged)
        eventually(lambda: len(self.writer.acknowledged) > before + 2, within_s)

    def subscribe(self, kind: str, settings: dict[str, str]) -> None:
        """Have somebody told of every change."""
        made = self._post("channels", {kind: settings})["channel"]
        opened = self._post("subscriptions", {"filter": _WANTED, "channel": made})
        self.told[kind] = (made, opened["subscription"])

    def _post(self, noun: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "application/json"}
        sent = Request(f"{self.server.url}/api/v1/{noun}", json.dumps(body).encode(), headers)
        with urlopen(sent, timeout=_TIMEOUT_S) as answer:
            return json.load(answer)

    def lost_nothing(self) -> None:
        """All that was acknowledged is there once, every alert arrived, and all of it is proved."""
        assert self.writer.faults == []
        assert dict(self.own.ask(_RECORDED)) == self.writer.acknowledged
        positions = [row[0] for row in self.own.ask("select position from log.event order by 1")]
        assert positions == list(range(1, len(positions) + 1))
        eventually(lambda: self.own.ask(_MATCHED) == [(True,)])
        eventually(lambda: self.own.ask(_LEFT) == [(0,)], 120)
        changes = sorted(self.writer.acknowledged, key=lambda e: self.writer.acknowledged[e])
        arrived = {
            "webhook": [r.id for r in (*self.receiver.requests, *self.receiver.confirmations)],
            "email": self.mail.ids,
        }
        for kind, (channel, subscription) in self.told.items():
            # The first of a place changes nothing that was known.
            owed = [row[0] for row in self.own.ask(_OWED.format(subscription))]
            assert owed == changes[len(_PLACES) :]
            sent = {str(row[0]) for row in self.own.ask(_SENT.format(channel))}
            assert set(arrived[kind]) == sent
            print(f"{kind}: {len(sent)} messages, {len(arrived[kind]) - len(sent)} came again")
        eventually(lambda: self.health()["status"] == "ok")
        print(
            f"{len(changes)} changes, {len(self.writer.refusals)} put off, {self.writer.cut} cut off"
        )

    def is_proved(self, folder: Path) -> None:
        """The views are what the log gives, and the log is what was signed."""
        direct = {"TRACKER_DATABASE_URL": self.own.url(), "TRACKER_POOLER": "false"}
        self.run("rebuild", "--check", **direct)
        (folder / "checkpoint").write_text(self.run("checkpoint", **direct))
        (folder / "key").write_text(self.run("checkpoint", "--key", **direct))
        self.run("export", str(folder / "log.zip"), **direct)
        known = ("--key", folder / "key", "--checkpoint", folder / "checkpoint")
        assert "Proved: order and integrity" in verified(folder / "log.zip", *known)


@contextmanager
def site_on(
    own: OwnServer, data: Path, url: str, *, workers: int = 1, mailed: bool = False, **other: str
) -> Generator[Site]:
    """A server and workers at the address of a database, with somebody who writes all the time."""
    mail = MailServer(free_port())
    environment = {
        "TRACKER_DATABASE_URL": url, "TRACKER_DATA": str(data),
        "TRACKER_ALLOW_NETWORKS": "127.0.0.0/8",
        "TRACKER_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
        "TRACKER_MAIL_FROM": "tracker@example.org",
    }  # fmt: skip
    site = Site(own, data, environment | other)
    direct = {"TRACKER_DATABASE_URL": own.url(), "TRACKER_POOLER": "false"}
    site.run("migrate", **direct)
    site.run("user", "add", "ana", "--role", "admin", **direct)
    site.bearer = site.run("user", "token", "ana", **direct).strip()
    with ExitStack() as stack:
        site.receiver = stack.enter_context(Receiver(free_port()))
        site.mail = stack.enter_context(mail)

        def start(*words: str) -> Process:
            process = Process(data, *words, environment=site.environment, named=False)
            return stack.enter_context(process)

        site.server = start("serve", "--port", "0", "--drain", "0")
        for _ in range(workers):
            start("work")
        site.subscribe("webhook", {"url": f"http://127.0.0.1:{site.receiver.port}/hook"})
        if mailed:
            site.subscribe("email", {"address": "ana@example.org"})
        site.writer = stack.enter_context(Writer(site.server.url, site.bearer))
        eventually(lambda: len(site.writer.acknowledged) > 2)
        yield site
        site.writer.end()
        site.lost_nothing()


def eventually(holds: Callable[[], bool], within_s: float = 60) -> None:
    """Wait for something that has to come."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)

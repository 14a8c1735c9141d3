"""`tracker mail test`: whether mail leaves as it is set."""

from uuid import uuid4

import click

from projections.alerts.channel import Outgoing
from projections.alerts.channels.email import EMAIL, EmailSettings
from tracker.cli.session import Out, with_parts
from tracker.domain.errors import Refused, Unavailable
from tracker.parts import Parts


@click.group()
def mail() -> None:
    """The server that takes our mail."""


@mail.command("test")
@click.argument("address")
@with_parts
async def test(parts: Parts, out: Out, address: str) -> None:
    """Send a mail to ADDRESS; what the server says is printed."""
    if parts.means.mail is None:
        raise Refused("no mail server is set: TRACKER_SMTP_URL and TRACKER_MAIL_FROM")
    message = Outgoing(
        id=uuid4(), subject="Policy Tracker: a test", body=b"{}",
        text=f"This mail was asked for on the command line of {parts.public_url}.\n",
    )  # fmt: skip
    verdict = await EMAIL.send(EmailSettings(address), message, parts.means, parts.clock())
    if verdict.error:
        raise Unavailable(f"the mail was not taken: {verdict.error}")
    out.answer(verdict, lambda: f"The server took the mail in {verdict.latency_ms} ms.")

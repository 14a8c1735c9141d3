"""Mail over real SMTP, read by Python's parser, its signature checked by dkimpy."""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from importlib import import_module
from uuid import uuid4

import aiohttp
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from projections.alerts.channel import Mail, Means, Outgoing, Verdict
from projections.alerts.channels.email import EMAIL, EmailSettings, mail_server, send
from tests.projections.alerts.mailbox import Mailbox
from tracker.domain.errors import Refused

EARLIER = str(uuid4())
MESSAGE = Outgoing(
    uuid4(),
    "Ecuador, for China: visa-free → visa required",
    "It changes.\n  http://tracker.example/policy/EC/CN\n\n“<No> comment.”\n",
    b"{}",
    refers=(EARLIER,),
    unsubscribe="http://tracker.example/unsubscribe/1/2",
)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
TO = EmailSettings("ana@example.org")


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with Mailbox() as opened:
        yield opened


async def sent(mail: Mail | None, timeout_s: float = 20.0) -> Verdict:
    async with aiohttp.ClientSession() as session:
        return await send(TO, MESSAGE, Means(session, mail, mail_timeout_s=timeout_s), NOW)


async def test_mail_arrives_as_text_and_html_with_the_headers_of_one_click(
    mailbox: Mailbox,
) -> None:
    verdict = await sent(mailbox.mail())
    assert (verdict.outcome, verdict.status) == ("delivered", 250)

    (raw,) = mailbox.received
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    assert (mail["To"], mail["Subject"]) == ("ana@example.org", MESSAGE.subject)
    assert mail["Message-ID"] == f"<{MESSAGE.id}@tracker.example>"
    assert mail["In-Reply-To"] == f"<{EARLIER}@tracker.example>"
    assert mail["List-Unsubscribe"] == f"<{MESSAGE.unsubscribe}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain
    assert html
    assert "“<No> comment.”" in plain.get_content()
    assert "“&lt;No&gt; comment.”" in html.get_content()
    assert '<a href="http://tracker.example/policy/EC/CN">' in html.get_content()


async def test_mail_is_signed_when_there_is_a_key(mailbox: Mailbox) -> None:
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + b64encode(public)
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    await sent(msgspec.structs.replace(mailbox.mail(), dkim_key=pem.decode()))

    (raw,) = mailbox.received
    verify = import_module("dkim").verify  # it has no types
    assert verify(raw, dnsfunc=dns)
    assert asked == [b"tracker._domainkey.tracker.example."]
    header = raw.split(b"DKIM-Signature:")[1].split(b"From:")[0]
    assert b"list-unsubscribe-post" in header
    assert not verify(raw.replace(b"It changes.", b"It is off."), dnsfunc=dns)


async def test_a_server_that_takes_its_time_over_every_step_is_given_up(mailbox: Mailbox) -> None:
    mailbox.silent = True
    slow = await sent(mailbox.mail(), timeout_s=0.2)
    assert slow.outcome == "failed"
    assert slow.error == "the mail server did not take it within 0.2 seconds"


async def test_what_the_mail_server_says_decides_what_becomes_of_the_channel(
    mailbox: Mailbox,
) -> None:
    mailbox.answer = "550 5.1.1 no such mailbox"
    gone = await sent(mailbox.mail())
    assert (gone.outcome, gone.status) == ("gone", 550)
    mailbox.answer = "451 4.7.1 come back later"
    later = await sent(mailbox.mail())
    assert (later.outcome, later.status) == ("failed", 451)
    assert later.error == "the mail server refused (451 4.7.1 come back later)"
    mailbox.answer = "450 4.2.0 <Ana@example.org>: greylisted"
    named = await sent(mailbox.mail())
    assert named.error == "the mail server refused (450 4.2.0 <the address>: greylisted)"
    nobody = msgspec.structs.replace(mailbox.mail(), port=9)
    assert (await sent(nobody)).outcome == "failed"
    assert "TRACKER_SMTP_URL" in ((await sent(None)).error or "")


@pytest.mark.parametrize(
    "address", ["", "ana", "ana@", "@example.org", "a\r\nBcc: x@y.z@example.org", "a b@example.org"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Refused, match="address: is no mail address"):
        EMAIL.read({"address": address})


def test_the_mail_server_is_read_from_its_address() -> None:
    mail = mail_server("smtps://ana:p%40ss@mx.example", "a@b.example", None, "tracker")
    assert (mail.host, mail.port, mail.tls) == ("mx.example", 465, True)
    assert (mail.user, mail.password) == ("ana", "p@ss")
    assert "p@ss" not in repr(mail)
    for url, sender, field in (
        ("mx.example", "a@b.example", "TRACKER_SMTP_URL"),
        ("smtp://mx.example:x", "a@b.example", "TRACKER_SMTP_URL"),
        ("smtp://mx.example", "", "TRACKER_MAIL_FROM"),
    ):
        with pytest.raises(Refused, match=field):
            mail_server(url, sender, None, "tracker")

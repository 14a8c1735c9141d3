"""Mail in plain text and HTML, with an unsubscribing of one click (RFC 8058), signed by DKIM."""

import asyncio
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec

from projections.alerts.channel import Channel, Mail, Means, Outgoing, Verdict
from tracker.domain.errors import Refused

_LONGEST_CHARS = 254
_SIGNED = (
    b"from to subject date message-id mime-version content-type in-reply-to references "
    b"list-unsubscribe list-unsubscribe-post auto-submitted"
).split()
_LINK = re.compile(r"https?://[^\s<>“”\"]+")
# RFC 3463: no such mailbox, no such domain, the mailbox has moved away, no mail is taken there.
_NOBODY = re.compile(r"\b5\.1\.(?:1|2|6|10)\b")


class EmailSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to write to."""

    address: str

    def __post_init__(self) -> None:
        address_of(self.address, "address")


def address_of(text: str, field: str) -> Address:
    """The mail address; Refused where it is none, or not in ASCII."""
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        found = Address()
    sound = text.isascii() and text.isprintable() and len(text) <= _LONGEST_CHARS
    if not (sound and found.username and "." in found.domain.strip(".")):
        raise Refused(f"{field}: is no mail address like ana@example.org", field=field)
    return found


def mail_server(url: str, sender: str, dkim_key: str | None, dkim_selector: str) -> Mail:
    """The server at an `smtp` or `smtps` address; Refused names the setting that is wrong."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise Refused(
            "TRACKER_SMTP_URL: write it like smtp://user:password@mail.example.org:587",
            field="TRACKER_SMTP_URL",
        )
    address_of(sender, "TRACKER_MAIL_FROM")
    tls = parts.scheme == "smtps"
    return Mail(
        host=host,
        port=port or (465 if tls else 587),
        sender=sender,
        tls=tls,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        dkim_key=dkim_key,
        dkim_selector=dkim_selector,
    )


def composed(settings: EmailSettings, message: Outgoing, mail: Mail, now: datetime) -> bytes:
    """The mail as it is sent, signed where there is a key."""
    domain = address_of(mail.sender, "mail_from").domain
    made = EmailMessage(policy=SMTP)
    made["From"] = Address("Policy Tracker", addr_spec=mail.sender)
    made["To"] = address_of(settings.address, "address")
    made["Subject"] = " ".join(message.subject.split())
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{message.id}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    if message.refers:
        earlier = " ".join(f"<{one}@{domain}>" for one in message.refers)
        made["In-Reply-To"], made["References"] = earlier, earlier
    text = message.text
    if message.unsubscribe:
        made["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text += f"\nUnsubscribe: {message.unsubscribe}\n"
    made.set_content(text, cte="quoted-printable")
    made.add_alternative(html(text), subtype="html", cte="quoted-printable")
    made.set_boundary(f"={message.id}=")
    return _signed(made.as_bytes(), mail, domain)


def html(text: str) -> str:
    """The plain text as HTML: a paragraph for each block, and links that can be followed."""
    blocks = (_linked(block).replace("\n", "<br>\n") for block in text.strip().split("\n\n"))
    paragraphs = "\n".join(f"<p>{block}</p>" for block in blocks)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head>\n<body>\n{paragraphs}\n</body></html>\n'


def _linked(block: str) -> str:
    parts: list[str] = []
    end = 0
    for link in _LINK.finditer(block):
        shown = escape(link.group())
        parts += [escape(block[end : link.start()]), f'<a href="{shown}">{shown}</a>']
        end = link.end()
    return "".join((*parts, escape(block[end:])))


def _signed(made: bytes, mail: Mail, domain: str) -> bytes:
    if mail.dkim_key is None:
        return made
    # Most installations sign nothing.
    from dkim import sign  # pyright: ignore[reportUnknownVariableType]

    selector, key = mail.dkim_selector.encode(), mail.dkim_key.encode()
    return sign(made, selector, domain.encode(), key, include_headers=list(_SIGNED)) + made


async def send(settings: EmailSettings, message: Outgoing, means: Means, now: datetime) -> Verdict:
    """Hand the mail to our server; what that refuses for good as nobody's closes the channel."""
    mail = means.mail
    if mail is None:
        return Verdict(outcome="failed", error="no mail server is set: TRACKER_SMTP_URL")
    started = asyncio.get_running_loop().time()
    status, error = None, None
    made = composed(settings, message, mail, now)
    try:
        # aiosmtplib's own time-out is for each step. All of them together must end before the lease
        # does, or the next one would send the same mail while this one is still under way.
        async with asyncio.timeout(means.mail_timeout_s):
            await aiosmtplib.send(
                made,
                sender=mail.sender,
                recipients=[settings.address],
                hostname=mail.host,
                port=mail.port,
                use_tls=mail.tls,
                username=mail.user,
                password=mail.password,
                timeout=means.mail_timeout_s,
            )
        status = 250
    except TimeoutError:
        error = f"the mail server did not take it within {means.mail_timeout_s:g} seconds"
    except aiosmtplib.SMTPRecipientsRefused as refused:
        status, error = _answer(refused.recipients[0])
    except aiosmtplib.SMTPResponseException as fault:
        status, error = _answer(fault)
    except (aiosmtplib.SMTPException, OSError) as fault:
        error = f"{type(fault).__name__}: {fault}"
    latency_ms = round((asyncio.get_running_loop().time() - started) * 1000)
    if error:
        # An attempt is kept and sealed, an address can be forgotten.
        error = re.sub(re.escape(settings.address), "the address", error, flags=re.IGNORECASE)
    outcome = "delivered" if error is None else "failed"
    if error and _NOBODY.search(error):
        outcome = "gone"
    return Verdict(outcome=outcome, status=status, latency_ms=latency_ms, error=error)


def _answer(fault: aiosmtplib.SMTPResponseException) -> tuple[int, str]:
    return fault.code, f"the mail server refused ({fault.code} {fault.message})"


EMAIL = Channel(kind="email", settings=EmailSettings, send=send, shared=True)

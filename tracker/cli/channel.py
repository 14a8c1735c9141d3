"""`tracker channel …`: ways to be told: webhooks, mail, and feeds to be read."""

import secrets
from datetime import timedelta
from typing import Any

import click
import msgspec

from projections.alerts.channels.email import EMAIL
from projections.alerts.channels.pull import PULL
from projections.alerts.channels.webhook import WEBHOOK, WebhookSettings, new_secret, rotated
from tracker.cli.session import Out, data_option, json_option, table, with_parts
from tracker.domain.base import require
from tracker.parts import Parts
from tracker.tables.channels import Channel


async def webhook_channel(
    parts: Parts, url: str, secret: str | None, fallback: str | None = None
) -> Channel:
    """A new webhook of the operator's, with a secret of its own where none is given."""
    parts.guard.named("webhook URL", "webhook").check_url(url)
    settings = {"url": url, "secret": secret or new_secret(secrets.token_bytes(32))}
    WEBHOOK.read(settings)
    owner = (await parts.operator()).user
    return await parts.channels.create(owner, WEBHOOK.kind, settings, fallback=fallback)


@click.group(invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def channel(context: click.Context, data: str | None, as_json: bool) -> None:
    """Channels: list (the default), add, rotate a secret, set a fallback, reopen, forget."""
    if context.invoked_subcommand is None:
        context.invoke(list_channels, data=data, as_json=as_json)


@channel.command("list")
@with_parts
async def list_channels(parts: Parts, out: Out) -> None:
    """List channels, without their secrets."""
    found = await parts.channels.all()
    made = table(None, "channel", "kind", "to", "fallback", "closed", ids=("channel", "fallback"))
    for one in found:
        made.add_row(one.id, one.kind, _target(one), one.fallback or "", one.closed or "")
    shown = [{"channel": one.id, "kind": one.kind, "to": _target(one)} for one in found]
    out.answer(shown, lambda: made if found else "There is no channel yet.")


@channel.command("add")
@click.option("--webhook", metavar="URL", help="Where alerts are posted.")
@click.option("--email", metavar="ADDRESS", help="Whom alerts are written to.")
@click.option("--pull", is_flag=True, help="Alerts are read as Atom, JSON Feed or a stream.")
@click.option("--fallback", metavar="CHANNEL", help="What steps in where this cannot deliver.")
@with_parts
async def add(
    parts: Parts, out: Out, webhook: str | None, email: str | None, pull: bool, fallback: str | None
) -> None:
    """Make a channel of one kind; the secret of a webhook is shown this once."""
    given = sum((webhook is not None, email is not None, pull))
    require(given == 1, "give one of --webhook, --email and --pull", "webhook")
    if fallback:
        await parts.channels.get(fallback)
    if webhook:
        made = await webhook_channel(parts, webhook, None, fallback)
    else:
        kind = EMAIL if email else PULL
        settings: dict[str, Any] = {"address": email} if email else {}
        kind.read(settings)
        owner = (await parts.operator()).user
        made = await parts.channels.create(owner, kind.kind, settings, fallback=fallback)
    _show(out, made)


@channel.command("rotate")
@click.argument("channel")
@click.option("--overlap-h", type=click.IntRange(0, 720), default=24, show_default=True)
@with_parts
async def rotate(parts: Parts, out: Out, channel: str, overlap_h: int) -> None:
    """Give a webhook a new secret; for some hours messages are signed with both."""
    found = await parts.channels.get(channel)
    require(found.kind == WEBHOOK.kind, "channel: is no webhook", "channel")
    settings = msgspec.convert(found.settings, WebhookSettings)
    until = parts.clock() + timedelta(hours=overlap_h)
    turned = rotated(settings, new_secret(secrets.token_bytes(32)), until)
    changed = msgspec.structs.replace(found, settings=msgspec.to_builtins(turned))
    await parts.channels.set(changed)
    _show(out, changed)


@channel.command("fallback")
@click.argument("channel")
@click.argument("fallback", required=False)
@with_parts
async def set_fallback(parts: Parts, out: Out, channel: str, fallback: str | None) -> None:
    """Say which channel steps in where another cannot deliver; without one, none does."""
    found = await parts.channels.get(channel)
    if fallback:
        await parts.channels.get(fallback)
    require(fallback != channel, "fallback: is the channel itself", "fallback")
    await parts.channels.set(msgspec.structs.replace(found, fallback=fallback))
    out.answer({"channel": channel, "fallback": fallback}, lambda: "Set.")


@channel.command("reopen")
@click.argument("channel")
@with_parts
async def reopen(parts: Parts, out: Out, channel: str) -> None:
    """Use a channel again that its receiver had closed; what was cancelled stays so."""
    found = await parts.channels.get(channel)
    changed = await parts.channels.reopen(found.id, (await parts.operator()).user)
    out.answer({"channel": channel}, lambda: "Reopened." if changed else "It is open.")


@channel.command("forget")
@click.argument("channel")
@with_parts
async def forget(parts: Parts, out: Out, channel: str) -> None:
    """Forget a channel and where it led; what is still owed through it is not sent."""
    await parts.channels.delete((await parts.channels.get(channel)).id)
    out.answer({"channel": channel}, lambda: "Forgotten.")


def _target(channel: Channel) -> str:
    return channel.settings.get("url") or channel.settings.get("address") or ""


def _show(out: Out, made: Channel) -> None:
    secret = made.settings.get("secret")
    told = f"Channel {made.id}" + (f"; its secret is {secret}" if secret else "")
    out.answer({"channel": made.id, "kind": made.kind, "secret": secret}, lambda: told)

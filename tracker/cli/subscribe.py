"""`tracker subscribe`: watch something and be told through a channel."""

from typing import get_args

import click
import msgspec

from tracker.cli.channel import webhook_channel
from tracker.cli.session import Out, with_parts
from tracker.domain.base import require
from tracker.domain.catalog import watchable
from tracker.domain.errors import Refused
from tracker.domain.subscription import Filter, OpenSubscription, Option, SubscriptionOpened
from tracker.parts import Parts


@click.command()
@click.option("--webhook", metavar="URL", help="Where alerts are posted.")
@click.option("--channel", metavar="ID", help="A channel that is there, instead of a webhook.")
@click.option("--secret", help="The webhook's secret (whsec_…); else one is made and shown.")
@click.option("--destination", "destinations", multiple=True, metavar="CODE")
@click.option("--nationality", "nationalities", multiple=True, metavar="CODE")
@click.option("--country", "countries", multiple=True, metavar="CODE")
@click.option("--type", "types", multiple=True, help="Event types; else changes of entry rules.")
@click.option("--party", "parties", multiple=True, metavar="ID")
@click.option("--metric", "metrics", multiple=True)
@click.option("--policy", "policies", multiple=True, metavar="ID")
@click.option("--option", "options", multiple=True, type=click.Choice(get_args(Option)))
@with_parts
async def subscribe(
    parts: Parts,
    out: Out,
    webhook: str | None,
    channel: str | None,
    secret: str | None,
    options: tuple[Option, ...],
    **limits: tuple[str, ...],
) -> None:
    """Watch what the options name; between options all must fit, within one any."""
    watched = watchable(msgspec.convert(limits, Filter))
    if watched == Filter():
        raise Refused("name at least one thing to watch, such as --destination EC")
    require(bool(webhook) != bool(channel), "give --webhook or --channel, one of them", "channel")
    told = await (
        webhook_channel(parts, webhook, secret) if webhook else parts.channels.get(channel or "")
    )
    operator = await parts.operator()
    command = OpenSubscription(channel=told.id, filter=watched, options=options)
    done = await parts.executor.execute(command, operator)
    opened = done.events[0].event
    name = opened.subscription if isinstance(opened, SubscriptionOpened) else ""
    shown = f"; its secret is {told.settings['secret']}" if webhook else ""
    answer = {
        "subscription": name,
        "channel": told.id,
        "secret": told.settings.get("secret") if webhook else None,
        "position": done.position,
    }
    out.answer(answer, lambda: f"Subscription {name}{shown}")

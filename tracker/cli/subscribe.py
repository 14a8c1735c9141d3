"""`tracker subscribe`: watch something and be told through a channel."""

from typing import Any

import click

from tracker.cli.channel import webhook_channel
from tracker.cli.session import Out, with_parts
from tracker.cli.watching import paced, wanted, watching
from tracker.domain.base import require
from tracker.domain.subscription import OpenSubscription, Option, SubscriptionOpened
from tracker.parts import Parts


@click.command()
@click.option("--webhook", metavar="URL", help="Where alerts are posted.")
@click.option("--channel", metavar="ID", help="A channel that is there, instead of a webhook.")
@click.option("--secret", help="The webhook's secret (whsec_…); else one is made and shown.")
@click.option("--title", help="What you call it.")
@click.option("--pacing", metavar="JSON", help='Such as {"digest": "daily", "zone": "Asia/Tokyo"}.')
@watching
@with_parts
async def subscribe(
    parts: Parts,
    out: Out,
    webhook: str | None,
    channel: str | None,
    secret: str | None,
    title: str | None,
    pacing: str | None,
    options: tuple[Option, ...],
    **limits: Any,
) -> None:
    """Watch what the options name; between options all must fit, within one any."""
    watched, pace = wanted(limits), paced(pacing)
    require(bool(webhook) != bool(channel), "give --webhook or --channel, one of them", "channel")
    told = await (
        webhook_channel(parts, webhook, secret) if webhook else parts.channels.get(channel or "")
    )
    operator = await parts.operator()
    command = OpenSubscription(
        channel=told.id, filter=watched, options=options, title=title, pacing=pace
    )
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

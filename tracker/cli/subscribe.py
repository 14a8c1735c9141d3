"""`tracker subscribe`: watch something and be told by webhook."""

import secrets
from typing import Any

import click

from projections.alerts.channels.webhook import WEBHOOK, new_secret
from tracker.cli.session import Out, with_parts
from tracker.cli.watching import paced, wanted, watching
from tracker.domain.subscription import OpenSubscription, Option, SubscriptionOpened
from tracker.parts import Parts


@click.command()
@click.option("--webhook", required=True, metavar="URL", help="Where alerts are posted.")
@click.option("--secret", help="The webhook's secret (whsec_…); else one is made and shown.")
@click.option("--title", help="What you call it.")
@click.option("--pacing", metavar="JSON", help='Such as {"digest": "daily", "zone": "Asia/Tokyo"}.')
@watching
@with_parts
async def subscribe(
    parts: Parts,
    out: Out,
    webhook: str,
    secret: str | None,
    title: str | None,
    pacing: str | None,
    options: tuple[Option, ...],
    **limits: Any,
) -> None:
    """Watch what the options name; between options all must fit, within one any."""
    watched, pace = wanted(limits), paced(pacing)
    parts.guard.named("webhook URL", "webhook").check_url(webhook)
    operator = await parts.operator()
    settings = {"url": webhook, "secret": secret or new_secret(secrets.token_bytes(32))}
    WEBHOOK.read(settings)
    channel = await parts.channels.create(operator.user, WEBHOOK.kind, settings)
    command = OpenSubscription(
        channel=channel.id, filter=watched, options=options, title=title, pacing=pace
    )
    done = await parts.executor.execute(command, operator)
    opened = done.events[0].event
    name = opened.subscription if isinstance(opened, SubscriptionOpened) else ""
    answer = {
        "subscription": name,
        "channel": channel.id,
        "secret": settings["secret"],
        "position": done.position,
    }
    out.answer(answer, lambda: f"Subscription {name}; its secret is {settings['secret']}")

"""`tracker subscribe`: watch something and be told by webhook."""

import secrets
from typing import get_args

import click
import msgspec

from projections.alerts.channels.webhook import WEBHOOK, new_secret
from tracker.cli.session import Out, with_parts
from tracker.domain.catalog import watchable
from tracker.domain.errors import Refused
from tracker.domain.subscription import Filter, OpenSubscription, Option, SubscriptionOpened
from tracker.parts import Parts


@click.command()
@click.option("--webhook", required=True, metavar="URL", help="Where alerts are posted.")
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
    webhook: str,
    secret: str | None,
    options: tuple[Option, ...],
    **limits: tuple[str, ...],
) -> None:
    """Watch what the options name; between options all must fit, within one any."""
    watched = watchable(msgspec.convert(limits, Filter))
    if watched == Filter():
        raise Refused("name at least one thing to watch, such as --destination EC")
    parts.guard.named("webhook URL", "webhook").check_url(webhook)
    operator = await parts.operator()
    settings = {"url": webhook, "secret": secret or new_secret(secrets.token_bytes(32))}
    WEBHOOK.read(settings)
    channel = await parts.channels.create(operator.user, WEBHOOK.kind, settings)
    command = OpenSubscription(channel=channel.id, filter=watched, options=options)
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

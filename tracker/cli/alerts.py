"""`tracker alerts …`: what was owed to whom, and how its delivery went."""

from uuid import UUID

import click
import msgspec

from projections.alerts.compose import Composer
from projections.alerts.message import Message
from projections.alerts.outbox import Outbox
from projections.views.subscriptions import Subscription
from tracker.cli.session import Out, data_option, json_option, minute, table, with_parts
from tracker.domain.errors import NotFound
from tracker.domain.subscription import CloseSubscription
from tracker.parts import Parts


@click.group(invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def alerts(context: click.Context, data: str | None, as_json: bool) -> None:
    """Alerts: list (the default), show one, list subscriptions, unsubscribe."""
    if context.invoked_subcommand is None:
        context.invoke(list_alerts, data=data, as_json=as_json, limit=50)


@alerts.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def list_alerts(parts: Parts, out: Out, limit: int) -> None:
    """List alerts, the newest first."""
    found = await Outbox(parts.database).messages(limit=limit)
    made = table(None, "alert", "event", "owed (UTC)", "status", "tries", ids=("alert",))
    for one in found:
        owed = minute(one.owed_at).removesuffix(" UTC")
        made.add_row(str(one.id), str(one.position), owed, one.status, str(one.attempts))
    out.answer(found, lambda: made if found else "No alert was owed so far.")


@alerts.command("show")
@click.argument("alert", type=click.UUID)
@with_parts
async def show_alert(parts: Parts, out: Out, alert: UUID) -> None:
    """Show an alert as it is sent, and every attempt to deliver it."""
    outbox = Outbox(parts.database)
    found: list[Message] = await outbox.messages(id=alert)
    if not found:
        raise NotFound(f"alert: there is no alert {alert}", field="alert")
    composed = await Composer(parts.database, parts.public_url).compose(found[0])
    attempts = (await outbox.attempts(alert))[alert]
    out.answer(
        {"message": found[0], "alert": msgspec.json.decode(composed.body), "attempts": attempts},
        lambda: composed.text,
    )
    for one in attempts:
        answer = one.status or one.error
        out.say(f"Attempt {one.number}, {minute(one.attempted_at)}: {answer}, {one.latency_ms} ms")


@alerts.command("subscriptions")
@with_parts
async def subscriptions(parts: Parts, out: Out) -> None:
    """List subscriptions."""
    await parts.settle()
    found = await parts.views.select(Subscription)
    made = table(None, "subscription", "status", "watches", "options", ids=("subscription",))
    for one in found:
        watched = "; ".join(f"{name}: {', '.join(v)}" for name, v in one.filter.items())
        made.add_row(one.subscription, one.status, watched, ", ".join(one.options))
    out.answer(found, lambda: made if found else "Nobody has subscribed yet.")


@alerts.command("unsubscribe")
@click.argument("subscription")
@click.option("--reason")
@with_parts
async def unsubscribe(parts: Parts, out: Out, subscription: str, reason: str | None) -> None:
    """Close a subscription."""
    command = CloseSubscription(subscription=subscription, reason=reason)
    done = await parts.executor.execute(command, await parts.operator())
    answer = {"subscription": subscription, "status": "closed", "position": done.position}
    out.answer(answer, lambda: "Closed.")

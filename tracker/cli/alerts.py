"""`tracker alerts …`: what was owed to whom, and how its delivery went."""

from typing import Any
from uuid import UUID

import click
import msgspec

from projections.alerts.backtest import Backtest
from projections.alerts.compose import Composer
from projections.alerts.holding import Holding
from projections.alerts.imported import untold
from projections.alerts.leases import Leases
from projections.alerts.message import Message
from projections.alerts.outbox import Outbox
from projections.alerts.reporting import audited
from projections.views.subscriptions import Subscription
from tracker.cli.session import Out, data_option, json_option, minute, table, with_parts
from tracker.cli.watching import paced, wanted, watching
from tracker.domain.errors import NotFound, TrackerError
from tracker.domain.subscription import ChangeSubscription, CloseSubscription, Option
from tracker.parts import Parts


@click.group(invoke_without_command=True)
@data_option
@json_option
@click.pass_context
def alerts(context: click.Context, data: str | None, as_json: bool) -> None:
    """Alerts: list (the default), show one, what was held; subscriptions and back-tests."""
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


@alerts.command("replay")
@click.option("--after", type=click.IntRange(0), default=0, show_default=True)
@click.option("--until", type=click.IntRange(0), help="By default all that there is.")
@click.option("--channel", help="Only what went through this channel.")
@with_parts
async def replay(
    parts: Parts, out: Out, after: int, until: int | None, channel: str | None
) -> None:
    """Send again what was given up, by positions in the log; ids stay the same."""
    until = await parts.reader.head() if until is None else until
    again = await Leases(parts.deliver_database).replay(
        after=after, until=until, now=parts.clock(), channel=channel
    )
    out.answer({"replayed": again}, lambda: f"Sending {again} messages again.")


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


@alerts.command("change")
@click.argument("subscription")
@click.option("--title", help="What you call it.")
@click.option("--pacing", metavar="JSON", help="When to be told; {} is at once.")
@click.option("--channel", metavar="ID", help="Through which channel.")
@watching
@with_parts
async def change(
    parts: Parts,
    out: Out,
    subscription: str,
    title: str | None,
    pacing: str | None,
    channel: str | None,
    options: tuple[Option, ...],
    **limits: Any,
) -> None:
    """Watch something else, or be told otherwise; what is not named stays as it is.

    What to watch is set as a whole: name all of it. So are the options of --option.
    """
    command = ChangeSubscription(
        subscription=subscription,
        channel=(await parts.channels.get(channel)).id if channel else None,
        filter=wanted(limits) if any(limits.values()) else None,
        options=options or None,
        title=title,
        pacing=paced(pacing),
    )
    done = await parts.executor.execute(command, await parts.operator())
    answer = {"subscription": subscription, "position": done.position}
    out.answer(answer, lambda: "Changed." if done.events else "It is so already.")


@alerts.command("held")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def held(parts: Parts, out: Out, limit: int) -> None:
    """List what was not sent at once, and why."""
    found = await Holding(parts.database).held(limit=limit)
    made = table(None, "alert", "event", "until (UTC)", "why", "never, because", ids=("alert",))
    for one in found:
        until = minute(one.held_until).removesuffix(" UTC") if one.held_until else ""
        why = one.held_because or ""
        made.add_row(str(one.id), str(one.position), until, why, one.dropped or "")
    out.answer(found, lambda: made if found else "Everything was sent at once.")


@alerts.command("imports")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def imports(parts: Parts, out: Out, limit: int) -> None:
    """Count what came with imports and was not told, since nobody asked for that."""
    found = await untold(parts.database, limit=limit)
    made = table(None, "subscription", "alerts not sent", "events", ids=("subscription",))
    for one in found:
        between = f"{one.first_position} to {one.last_position}"
        made.add_row(one.subscription, str(one.alerts), between)
    out.answer(found, lambda: made if found else "No import had anything to tell.")


@alerts.command("audit")
@with_parts
async def audit(parts: Parts, out: Out) -> None:
    """Hold the delivery log against what the event log sealed of it, hour by hour."""
    found = await audited(parts.deliver_database, parts.reader)
    waiting = f"; {found.unsealed} more are not sealed yet" if found.unsealed else ""
    sealed = f"{found.attempts} attempts are sealed in {found.reports} reports{waiting}."
    out.answer(found, lambda: sealed)
    for fault in found.faults:
        out.say(f"Report at position {fault.position}: {fault.sentence}.")
    if found.faults:
        raise TrackerError(f"the delivery log differs from its reports in {len(found.faults)} ways")


@alerts.command("acknowledge")
@click.argument("alert", type=click.UUID)
@with_parts
async def acknowledge(parts: Parts, out: Out, alert: UUID) -> None:
    """Note that an alert was seen."""
    holding, by = Holding(parts.deliver_database), (await parts.operator()).user
    await holding.acknowledge(alert, by, parts.clock())
    out.answer({"alert": alert}, lambda: "Acknowledged.")


@alerts.command("backtest")
@watching
@click.option("--hindsight", is_flag=True, help="By what is known now, not what was known then.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@with_parts
async def backtest(
    parts: Parts, out: Out, hindsight: bool, limit: int, options: tuple[Option, ...], **limits: Any
) -> None:
    """Show what a subscription would have told of so far; sends nothing."""
    await parts.settle()
    found = await Backtest(parts.database).run(
        wanted(limits), options, hindsight=hindsight, limit=limit
    )
    made = table(None, "event", "recorded (UTC)", "type", "why")
    for hit in found.hits:
        at = minute(hit.recorded_at).removesuffix(" UTC")
        why = "; ".join(f"{r.before} → {r.after}" if r.key else r.kind for r in hit.reasons)
        made.add_row(str(hit.position), at, hit.type, why)
    out.answer(found, lambda: made if found.hits else "Nothing so far.")

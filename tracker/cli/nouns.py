"""`tracker show policy|policies|series|incident|incidents|party`: the nouns besides entry rules."""

from datetime import date
from typing import Any, get_args

import click
from rich.table import Table

from projections.accounts import Tally
from projections.figures import series_key
from projections.nouns import IncidentAnswer, PolicyAnswer
from projections.series import Series
from projections.standing import STATUSES
from projections.views.incidents import IncidentMention
from projections.views.parties import Party
from projections.views.policies import PolicyStep
from projections.views.positions import Position
from tracker.cli.session import Out, read_by, table, with_parts
from tracker.domain.countries import country_code
from tracker.domain.groups import jurisdiction as named_jurisdiction
from tracker.domain.metrics import METRICS
from tracker.domain.numbers import in_words
from tracker.domain.policy import Kind
from tracker.domain.values import day, nationality
from tracker.parts import Parts

_limit = click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
_valid_at = click.option(
    "--valid-at", metavar="DATE", callback=read_by(day), help="The status on; else today, UTC."
)


def _on(parts: Parts, valid_at: date | None) -> date:
    return valid_at or parts.clock().date()


@click.command()
@click.option(
    "--jurisdiction",
    metavar="CODE",
    callback=read_by(named_jurisdiction),
    help="Only policies of this country, EU or Schengen.",
)
@click.option("--kind", type=click.Choice(get_args(Kind)), help="Only policies of this kind.")
@click.option("--status", type=click.Choice(STATUSES), help="Only those that stand so.")
@_valid_at
@_limit
@with_parts
async def policies(
    parts: Parts,
    out: Out,
    jurisdiction: str | None,
    kind: str | None,
    status: Any,
    valid_at: date | None,
    limit: int,
) -> None:
    """Policies with their status on a day, the last changed first."""
    await parts.settle()
    asked = {"jurisdiction": jurisdiction, "kind": kind}
    equal = {name: value for name, value in asked.items() if value}
    on = _on(parts, valid_at)
    found, _ = await parts.questions.nouns.policies(on, status, limit, None, equal=equal)
    out.answer(found, lambda: _policies(found) if found else "No policy fits.")


@click.command()
@click.argument("policy")
@_valid_at
@with_parts
async def policy(parts: Parts, out: Out, policy: str, valid_at: date | None) -> None:
    """A policy with its status on a day and its history."""
    await parts.settle()
    found, steps = await parts.questions.nouns.policy(policy, _on(parts, valid_at))
    out.answer({"policy": found, "history": steps}, lambda: _history(found, steps))


@click.command()
@click.argument("metric", type=click.Choice(list(METRICS)))
@click.option(
    "--geography", metavar="CODE", callback=read_by(country_code), help="Where it was counted."
)
@click.option(
    "--counterpart",
    metavar="CODE",
    callback=read_by(nationality),
    help="Whom: a country, a group or *.",
)
@with_parts
async def series(
    parts: Parts, out: Out, metric: str, geography: str | None, counterpart: str | None
) -> None:
    """The claims of one series: tracker show series border-entries --geography EC."""
    await parts.settle()
    of = {"series": series_key(metric, geography, counterpart)}
    rows, found = await parts.questions.nouns.series(of)
    answer = {"statistics": rows, "series": found}
    out.answer(answer, lambda: _series(found) if rows else "There is no such figure.")


@click.command()
@click.option(
    "--country",
    metavar="CODE",
    callback=read_by(country_code),
    help="Only incidents there, or of its nationals.",
)
@click.option("--party", metavar="ID|NAME", help="Only incidents with this party.")
@_limit
@with_parts
async def incidents(
    parts: Parts, out: Out, country: str | None, party: str | None, limit: int
) -> None:
    """Incidents, the last mentioned first."""
    await parts.settle()
    nouns, overlap = parts.questions.nouns, dict[str, Any]()
    if country:
        overlap["countries"] = [country]
    if party:
        overlap["parties"] = await nouns.ids(party)
    found = await nouns.incidents(overlap=overlap, limit=limit)
    names = await parts.questions.names(p for row in found for p in row.parties)
    out.answer(found, lambda: _incidents(found, names) if found else "No incident fits.")


@click.command()
@click.argument("incident")
@with_parts
async def incident(parts: Parts, out: Out, incident: str) -> None:
    """An incident by its id, or one given up for it, with everything said of it."""
    await parts.settle()
    found, mentions = await parts.questions.nouns.incident(incident)
    names = await parts.questions.names(found.parties)
    answer = {"incident": found, "mentions": mentions, "names": names}
    out.answer(answer, lambda: _told(found, mentions, names))


@click.command()
@click.argument("party", metavar="ID|NAME")
@with_parts
async def party(parts: Parts, out: Out, party: str) -> None:
    """A party by its id or any of its names, with the offices that it held."""
    await parts.settle()
    found = await parts.questions.nouns.party(party)
    held = await parts.views.select(Position, within={"person": (found.party, *found.merged)})
    out.answer({"party": found, "positions": held}, lambda: _party(found, held))


NOUNS = (policies, policy, series, incidents, incident, party)


def _policies(found: list[PolicyAnswer]) -> Table:
    made = table(None, "policy", "where", "kind", "title", "status", ids=("policy",))
    for one in found:
        row = one.policy
        made.add_row(row.policy, row.jurisdiction, row.kind, row.title or "", one.status)
    return made


def _history(found: PolicyAnswer, steps: list[PolicyStep]) -> Table:
    title = f"{found.policy.title or found.policy.policy}: {found.status} on {found.valid_at}"
    made = table(title, "position", "what", "announced", "from", "until", "regime", "")
    for step in steps:
        mark = "replaced" if step.replaced_at else ""
        made.add_row(
            str(step.position),
            step.action or step.type.removeprefix("policy-"),
            step.announced_on or "",
            str(step.observed_on or step.effective_from or ""),
            step.effective_to or "",
            step.regime or "",
            "retracted" if step.retracted_at else mark,
        )
    return made


def _series(found: Series) -> Table:
    title = f"Independent origins: {found.independent}"
    made = table(title, "period", "figure", "from", "to", "reports", "origins")
    for claim in found.claims:
        made.add_row(
            claim.period or "",
            in_words(claim.comparator, claim.value, claim.lower, claim.upper, claim.cue),
            claim.lower or "…",
            claim.upper or "…",
            str(len(claim.figures)),
            str(claim.independent),
        )
    for differs in found.disagreements:
        made.add_row(differs.kind, differs.reason, "", "", "", "")
    return made


def _incidents(found: list[IncidentAnswer], names: dict[str, str]) -> Table:
    made = table(None, "incident", "what", "who", "where", "killed", "status", ids=("incident",))
    for row in found:
        made.add_row(
            row.incident,
            row.title or row.incident_type or "",
            ", ".join(dict.fromkeys(names.get(a, a) for a in row.actors)),
            " ".join(row.countries),
            _count(row.killed),
            row.status,
        )
    return made


def _told(found: IncidentAnswer, mentions: list[IncidentMention], names: dict[str, str]) -> Table:
    title = f"{found.title or found.incident_type or found.incident}: {found.status}"
    made = table(title, "position", "what", "says", "origins")
    who = ", ".join(dict.fromkeys(names.get(a, a) for a in found.actors))
    counts = (("killed", found.killed), ("injured", found.injured), ("affected", found.affected))
    made.add_row("", "together", f"{who}; " + ", ".join(f"{n} {_count(c)}" for n, c in counts))
    for mention in mentions:
        made.add_row(
            str(mention.position),
            mention.type.removeprefix("incident-"),
            mention.text or mention.title or "",
            ", ".join(o.name or "unattributed" for o in mention.origins),
        )
    return made


def _count(tally: Tally | None) -> str:
    if tally is None:
        return "unknown"
    best = "unknown" if tally.best is None else str(tally.best)
    span = (
        f"{'…' if tally.low is None else tally.low} to {'…' if tally.high is None else tally.high}"
    )
    return best if tally.low == tally.high == tally.best else f"{best} ({span})"


def _party(found: Party, held: list[Position]) -> Table:
    made = table(f"{found.name} ({found.party})", "", "")
    made.show_header = False
    made.add_row("names", " = ".join(found.names))
    made.add_row("kind", found.kind)
    for office in held:
        made.add_row(office.office, f"{office.start or '…'} to {office.end or '…'}")
    return made

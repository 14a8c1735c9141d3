"""What the doors ask of parties, policies, figures, incidents and conflicts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from projections.accounts import Account, Status, status
from projections.docket import Conflict, ConflictFact, Relation
from projections.origins import independent, name_key
from projections.series import Disagreement, Series, disagreements, series
from projections.standing import Status as Standing
from projections.standing import status as standing
from projections.tables import Views
from projections.views.incidents import Incident, IncidentGivenUp, IncidentMention
from projections.views.parties import Party, PartyGivenUp
from projections.views.policies import Policy, PolicyStep
from projections.views.statistics import Statistic
from tracker.domain.errors import NotFound
from tracker.domain.incident import IncidentDisputed

MANY = 10_000
_PAGE = 500


class IncidentAnswer(Account, frozen=True, kw_only=True):
    """An incident with its status, and how many independent origins report it."""

    status: Status
    independent: int


class PolicyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A policy with its status on a day."""

    policy: Policy
    valid_at: date
    status: Standing


class Nouns:
    """Reads the views of nouns for people and programs."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def given_up(self, parties: Iterable[str]) -> dict[str, str]:
        """Party → the one that it turned out to be, for those that were given up."""
        wanted = list(dict.fromkeys(parties))
        if not wanted:
            return {}
        rows = await self._views.select(PartyGivenUp, within={"party": wanted}, limit=len(wanted))
        return {row.party: row.into for row in rows}

    async def names(self, parties: Iterable[str]) -> dict[str, str]:
        """Party → the name it is shown by, also for ids that were given up."""
        wanted = list(dict.fromkeys(parties))
        if not wanted:
            return {}
        merged = await self.given_up(wanted)
        ids = list({merged.get(p, p) for p in wanted})
        rows = await self._views.select(Party, within={"party": ids}, limit=len(ids))
        shown = {row.party: row.name for row in rows}
        return {p: shown[who] for p in wanted if (who := merged.get(p, p)) in shown}

    async def party(self, named: str) -> Party:
        """The party of an id, given up or not, or of any of its names; NotFound without one."""
        merged = await self.given_up([named])
        found = await self._views.select(Party, equal={"party": merged.get(named, named)})
        if not found:
            found = await self._views.select(Party, overlap={"keys": [name_key(named)]}, limit=1)
        if not found:
            raise NotFound(f"party: no party {named[:80]!r} is in the log", field="party")
        return found[0]

    async def ids(self, named: str) -> tuple[str, ...]:
        """All ids under which facts may name a party."""
        party = await self.party(named)
        return (party.party, *party.merged)

    async def all_ids(self, party: str) -> tuple[str, ...]:
        """All ids of the party of an id; the id alone where no names of it are known."""
        merged = await self.given_up([party])
        found = await self._views.select(Party, equal={"party": merged.get(party, party)})
        return (party, *(i for row in found for i in (row.party, *row.merged)))

    async def identify(self, named: Iterable[str | None]) -> Callable[[str], str]:
        """A function from a name to its party, or to the plain name where no party has it."""
        keys = sorted({name_key(name) for name in named if name})
        rows = await self._views.select(Party, overlap={"keys": keys}, limit=MANY) if keys else []
        parties = {key: row.party for row in reversed(rows) for key in row.keys}
        return lambda name: parties.get(name_key(name), name_key(name))

    async def same_origin(self, events: Sequence[str]) -> list[tuple[str, str]]:
        """Pairs of these facts of which an analyst holds that they have one origin."""
        held = {"kind": "same-origin"}
        rows = await self._views.select(Relation, equal=held, within={"a": events}, limit=MANY)
        return [(r.a, r.b) for r in rows if r.resolved_at is None]

    async def series(self, of: dict[str, Any]) -> tuple[list[Statistic], Series]:
        """All vintages of the figures with these columns, newest first, and what they claim."""
        rows = await self._figures(of, MANY)
        identify, same = await self._judging(rows)
        return rows, series(rows, identify, same)

    async def compared(
        self, of: dict[str, Any], limit: int
    ) -> tuple[list[Statistic], list[Disagreement]]:
        """The latest figures with these columns, and every two of them that disagree."""
        rows = await self._figures(of, limit)
        return rows, disagreements(rows, *await self._judging(rows))

    async def _figures(self, of: dict[str, Any], limit: int) -> list[Statistic]:
        return await self._views.select(
            Statistic, equal=of, order=("position",), descending=True, limit=limit
        )

    async def _judging(
        self, rows: Sequence[Statistic | IncidentMention]
    ) -> tuple[Callable[[str], str], list[tuple[str, str]]]:
        named = (o.name for row in rows for o in row.origins)
        return await self.identify(named), await self.same_origin([r.event for r in rows])

    async def incidents(self, **asked: Any) -> list[IncidentAnswer]:
        """The incidents that meet the conditions of `Views.select`, the last mentioned first."""
        found = await self._views.select(Incident, order=("position",), descending=True, **asked)
        mentions = await self._mentions([row.incident for row in found])
        identify, same = await self._judging(mentions)
        return [_answer(row, mentions, identify, same) for row in found]

    async def incident(self, incident: str) -> tuple[IncidentAnswer, list[IncidentMention]]:
        """An incident under its id, or under one that was given up for it, with its mentions."""
        gone = await self._views.select(IncidentGivenUp, equal={"incident": incident})
        under = gone[0].into if gone else incident
        found = await self.incidents(equal={"incident": under})
        if not found:
            raise NotFound(f"incident: no incident {incident[:80]!r} is in the log")
        return found[0], await self._mentions([under])

    async def incidents_given_up(self, incident: str) -> list[IncidentGivenUp]:
        """The ids that were given up for an incident, and why."""
        return await self._views.select(IncidentGivenUp, equal={"into": incident})

    async def _mentions(self, incidents: Sequence[str]) -> list[IncidentMention]:
        return await self._views.select(
            IncidentMention, within={"under": incidents}, order=("position",), limit=MANY
        )

    async def policies(
        self, valid_at: date, wanted: Standing | None, limit: int, before: int | None, **asked: Any
    ) -> tuple[list[PolicyAnswer], int | None]:
        """Policies with their status on a day, the last changed first, and where the page ends."""
        answers: list[PolicyAnswer] = []
        while True:
            rows = await self._views.select(
                Policy,
                before=None if before is None else {"position": before},
                order=("position",),
                descending=True,
                limit=limit if wanted is None else _PAGE,
                **asked,
            )
            for found in await self._standing(rows, valid_at):
                before = found.policy.position
                if wanted in (None, found.status):
                    answers.append(found)
                if len(answers) == limit:
                    return answers, before
            if len(rows) < (limit if wanted is None else _PAGE):
                return answers, None

    async def policy(self, policy: str, valid_at: date) -> tuple[PolicyAnswer, list[PolicyStep]]:
        """A policy with its status on a day and its steps in the order of the log."""
        found = await self._views.select(Policy, equal={"policy": policy})
        if not found:
            raise NotFound(f"policy: no policy {policy[:80]!r} is in the log")
        return (await self._standing(found, valid_at))[0], await self._steps([policy])

    async def _standing(self, rows: Sequence[Policy], valid_at: date) -> list[PolicyAnswer]:
        steps: dict[str, list[PolicyStep]] = {}
        for step in await self._steps([row.policy for row in rows]):
            steps.setdefault(step.policy, []).append(step)
        return [
            PolicyAnswer(
                policy=row,
                valid_at=valid_at,
                status=standing(steps.get(row.policy, ()), valid_at),
            )
            for row in rows
        ]

    async def _steps(self, policies: Sequence[str]) -> list[PolicyStep]:
        return await self._views.select(
            PolicyStep, within={"policy": policies}, order=("position",), limit=10 * MANY
        )

    async def conflicts(
        self, *, before: tuple[int, str] | None = None, **asked: Any
    ) -> tuple[list[Conflict], dict[str, list[ConflictFact]]]:
        """Conflicts that meet the conditions of `Views.select`, newest first; the facts of each.

        `before` says when the last one of a page was opened, and its id: an event opens several.
        """
        behind = {"opened_at": before[0], "conflict": before[1]} if before else None
        rows = await self._views.select(
            Conflict, order=("opened_at",), descending=True, before=behind, **asked
        )
        keys = [row.conflict for row in rows]
        facts: dict[str, list[ConflictFact]] = {key: [] for key in keys}
        for member in await self._views.select(ConflictFact, within={"conflict": keys}, limit=MANY):
            facts[member.conflict].append(member)
        return rows, facts


def _answer(
    row: Incident,
    mentions: Iterable[IncidentMention],
    identify: Callable[[str], str],
    same: Sequence[tuple[str, str]],
) -> IncidentAnswer:
    told = {
        m.event: m.origins
        for m in mentions
        if m.under == row.incident and m.type != IncidentDisputed.type
    }
    count = len(independent(told, identify, same))
    fields = msgspec.structs.asdict(row)
    return IncidentAnswer(**fields, status=status(row, count), independent=count)

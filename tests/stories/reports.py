"""Labelled reports put on record: the documents, then every fact that a reader marked in them.

A folder holds texts and a `facts.json` with `documents`, `agents`, `facts` and `relations`: each
fact has its `event_type`, its words in the text (`evidence`), and the chain of those who passed it
on (`attribution`).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feeds.add import Handed
from feeds.text import plain
from tracker.domain.catalog import fact_from
from tracker.domain.fact import RecordFact
from tracker.domain.party import NameParty
from tracker.log.evidence import Capture
from tracker.parts import Parts

Json = dict[str, Any]
OWN = Path(__file__).parents[1] / "data/reports"

_METRICS = {
    "migration.entries": "border-entries",
    "migration.exits_official": "border-exits",
    "transit.darien_crossings": "transit-crossings",
    "border.arrests_southern_land": "border-arrests",
    "border.apprehensions": "border-apprehensions",
    "asylum.seekers": "asylum-applications",
    "asylum.seekers_cumulative": "asylum-applications",
}
_INCIDENTS = {
    "smuggling_advertising": "smuggling",
    "extortion_illegal_toll": "extortion",
    "criminal_group_presence": "extortion",
    "extortion_violence_theft": "extortion",
    "extortion_by_officials": "extortion",
    "migrant_smuggling_border_crossing": "smuggling",
    "migrant_smuggling_fee": "smuggling",
    "robbery_repeated": "robbery",
    "imprisonment_for_speech": "persecution",
    "protest": "protest",
}
_CLAIMS = {
    "driver": "driver", "motive": "motive", "trend": "trend", "impact": "impact",
    "hazard": "hazard", "facilitation": "facilitation", "assessment": "assessment",
    "demographic": "profile", "stated_rationale": "rationale",
}  # fmt: skip
_POLICY_ACTIONS = {"suspended": "suspended", "repealed": "repealed", "effective": "introduced"}
_PASSED_ON = {
    "published": "published",
    "published (syndication)": "published",
    "translated": "translates",
    "prov:wasDerivedFrom": "summarises",
    "prov:hadPrimarySource": "cites",
    "prov:wasQuotedFrom": "quotes",
    "prov:wasAttributedTo": "cites",
}


class Reports:
    """A folder of labelled reports, and what became of its documents, policies and incidents."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.told: Json = json.loads((folder / "facts.json").read_text("utf-8"))
        self.documents: dict[str, str] = {}
        self.policies: dict[str, str] = {}
        self.incidents: dict[str, str] = {}
        self.events: dict[str, str] = {}
        """Label of a fact → the id of its event."""

    async def record(self, parts: Parts) -> None:
        """Name the agents that have aliases; then each report with all of its facts."""
        for agent in self.told["agents"].values():
            if aliases := agent.get("aliases"):
                kind = "person" if "person" in agent["type"] else "organisation"
                kind = "group" if "criminal" in agent["type"] else kind
                names = tuple(dict.fromkeys((agent["name"], *aliases)))
                command = NameParty(kind=kind, names=names, country=agent.get("country"))
                await parts.executor.execute(command, await parts.operator())
        for document in sorted(self.told["documents"], key=lambda d: d["published_at"]):
            await self._receive(parts, document)
            for fact in self.told["facts"]:
                if fact["doc"] == document["key"]:
                    await self._fact(parts, fact)

    async def _receive(self, parts: Parts, told: Json) -> None:
        capture = Capture(
            url=told["url_external"], captured_at=datetime.now(UTC), media_type="text/plain"
        )
        handed = Handed(
            data=(self._folder / told["file"]).read_bytes(),
            capture=capture,
            title=told["title"],
            publisher=self._name(told["publisher"]),
            published=told["published_at"],
        )
        added = await parts.add_document(handed, await parts.operator())
        self.documents[told["key"]] = added.document

    async def _fact(self, parts: Parts, told: Json) -> None:
        for door, fields in self.facts(told):
            command = RecordFact(fact=fact_from(door, fields))
            done = await parts.executor.execute(command, await parts.operator())
            recorded = done.events[-1]
            self.events[told["id"]] = str(recorded.id)
            event: Any = recorded.event
            if "policy" in told and told["policy"].get("policy"):
                self.policies.setdefault(told["policy"]["policy"], event.policy)
            if "incident" in told:
                self.incidents.setdefault(told["incident"]["incident"], event.incident)

    def facts(self, told: Json) -> Iterator[tuple[str, Json]]:
        """The facts that one label stands for, by their word at the doors."""
        common: Json = {"citations": self._citations(told)}
        kind = told["event_type"]
        if "statistic" in told:
            yield "statistic", common | self._statistic(told["statistic"])
        if "statement" in told:
            yield "statement", common | self._statement(told)
        elif "incident" in told:
            yield "incident", common | self._incident(told)
        elif "policy" in told:
            yield from self._policy(told, common)
        elif "position" in told:
            position = told["position"]
            yield "position", common | {
                "person": self._name(position["person"]), "office": position["post"],
                "from": position["from_edtf"],
            }  # fmt: skip
        elif "route" in told:
            yield "claim", common | {
                "kind": "route", "text": told["summary"],
                "legs": [_leg(leg) for leg in told["route"]["legs"]],
            }  # fmt: skip
        elif kind in ("claim.made", "publication.observed"):
            claimed = _CLAIMS.get(told.get("claim", {}).get("kind", ""), "other")
            yield "claim", common | {"kind": claimed, "text": told["summary"]}

    def _citations(self, told: Json) -> list[Json]:
        hops = told["attribution"]["hops"]
        chain: list[Json] = []
        for hop in hops[1:]:
            # Whoever speaks for a body is the origin; the body stands in the statement.
            if hop["relation"] == "prov:actedOnBehalfOf":
                continue
            agent = self.told["agents"][hop["agent"]]
            chain.append(
                {
                    "agent": agent["name"],
                    "relation": _PASSED_ON[hop["relation"]],
                    "basis": hop["basis"],
                    "cue": hop.get("cue"),
                    "official": "government" in agent["type"],
                }
            )
        return [
            {
                "document": self.documents[words["doc"]],
                "quote": plain(words["exact"].encode().decode()),
                "attribution": chain,
            }
            for words in told["evidence"]
        ]

    def _statistic(self, told: Json) -> Json:
        who, place = told["population"], told["geography"]
        comparator, value = told["comparator"], told["value"]
        vague = comparator in ("vague", "qualitative")
        bound = value if value is not None else told["lower"]
        nationality = who.get("nationality")
        return _given(
            metric=_METRICS.get(told["metric"], "other"),
            geography=place if len(place) == 2 else None,
            counterpart=nationality if isinstance(nationality, str) else None,
            population_term=who.get("term_in_source"),
            period=told["period_edtf"],
            basis=told["period_basis"],
            comparator=">=" if vague else comparator,
            value=None if vague or comparator == "range" else _number(bound),
            lower=_number(told["lower"]) if vague or comparator == "range" else None,
            upper=_number(told["upper"]) if comparator == "range" else None,
            cue=told["approximation_cue"],
            unit=told["unit"],
        )

    def _statement(self, told: Json) -> Json:
        said = told["statement"]
        return _given(
            speaker=self._name(said["speaker"]),
            role=said.get("role_at_time"),
            organisation=self._name(said.get("on_behalf_of")),
            text=told["summary"],
            verbatim="verbatim" if said["verbatim"] is True else "paraphrase",
            said_on=said["made_on_edtf"],
            medium=said.get("medium"),
            place=said.get("place"),
        )

    def _incident(self, told: Json) -> Json:
        what = told["incident"]
        place = next(iter(what["place"]), "")
        country = place[:2] if len(place) == 2 or place[2:3] == ":" else None
        victims: Json = what.get("victims") or {}
        nationality = victims.get("nationality")
        return _given(
            incident=self.incidents.get(what["incident"]),
            incident_type=_INCIDENTS.get(what["type"], "other"),
            title=told["summary"],
            occurred=what["occurred_edtf"],
            place=_given(name=place.partition(":")[2] or place, country=country),
            actors=[self._name(actor) for actor in what["actors"]],
            victim_term=victims.get("term_in_source"),
            nationalities=[nationality] if nationality else None,
            killed=what["fatalities"],
            pattern=what["pattern"] or None,
        )

    def _policy(self, told: Json, common: Json) -> Iterator[tuple[str, Json]]:
        what = told["policy"]
        if "announces" in what:
            return  # the same change as the fact that it names
        action, rule = what["action"], None
        if what.get("nationality"):
            regime = what.get("regime_after") or what["regime"]
            regime = regime.replace("_", "-")
            rule = {"nationalities": [what["nationality"]], "regime": regime}
        jurisdiction = what.get("destination") or what["jurisdiction"]
        same = _given(
            jurisdiction=jurisdiction,
            kind=None if rule else "other",
            policy=self.policies.get(what["policy"]),
            title=None if rule else told["summary"],
            announced_on=what.get("announced_on"),
            rule=rule,
        )
        if action == "observed_in_force":
            day = what.get("valid_at") or "2024-06-18"
            yield "observation", common | same | {"observed_on": day}
        elif action in ("proposed", "announced"):
            yield "proposal", common | same
        elif action == "rejected":
            yield "rejection", common | same
        else:
            more = _given(action=_POLICY_ACTIONS[action], effective_from=what.get("effective_from"))
            yield "policy", common | same | more

    def _name(self, agent: str | None) -> str | None:
        known: Json = self.told["agents"].get(agent, {})
        return known.get("name", agent)


def _leg(told: Json) -> Json:
    def end(place: Any) -> tuple[str | None, str | None]:
        first = str(place if isinstance(place, str) else place[0])
        code = first[:2]
        known = len(first) == 2 or first[2:3] in (":", " ")
        return (code if known else None), first.partition(":")[2] or None

    from_country, from_place = end(told["from"])
    to_country, to_place = end(told["to"])
    return _given(
        from_country=from_country, from_place=from_place, to_country=to_country,
        to_place=to_place, by=told.get("mode"),
    )  # fmt: skip


def _given(**fields: Any) -> Json:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def _number(value: Any) -> str | None:
    return None if value is None else str(value)

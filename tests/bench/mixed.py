"""A mixed history, as a tracker of some years would hold it, the same in every run."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tracker.domain.base import Event, NewEvent
from tracker.domain.catalog import fact_from
from tracker.domain.countries import COUNTRIES
from tracker.domain.document import DocumentReceived
from tracker.domain.ids import derived
from tracker.domain.party import PartyNamed
from tracker.imports.entry import Entry

PLACES = sorted(COUNTRIES)
_REGIMES = "visa-free visa-required e-visa visa-on-arrival eta visa-free-suspended".split()
_METRICS = "border-entries border-exits asylum-applications transit-crossings removals".split()
_WORDS = (
    "border ministry notice visa travellers agreement suspended entry passport consulate July"
    " smuggling figures arrivals Darién José Ábrego police reported officials announced"
).split()
_FIRST_DAY = date(2015, 1, 1)
_PARTIES = 2_000
_DOCUMENTS = 20_000


class Mixed:
    """Events of all kinds: half policies, the rest documents, figures, words and incidents."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(seed)
        self._parties = [str(derived("bench party", str(i))) for i in range(_PARTIES)]
        self._documents = [str(derived("bench document", str(i))) for i in range(_DOCUMENTS)]
        self._named = 0
        self._received = 0

    def events(self, count: int) -> Iterator[Entry]:
        """So many events, with ids that follow from their place."""
        makers = (
            (self._policy, 50), (self._document, 10), (self._statement, 12),
            (self._statistic, 12), (self._incident, 8), (self._claim, 4), (self._party, 4),
        )  # fmt: skip
        kinds = [maker for maker, share in makers for _ in range(share)]
        for i in range(count):
            yield Entry("an event", NewEvent(_id(i), self._random.choice(kinds)(i)))

    def _day(self, i: int) -> date:
        return _FIRST_DAY + timedelta(days=i // 300 % 4000)

    def _cited(self, i: int) -> dict[str, Any]:
        quote = " ".join(self._random.choices(_WORDS, k=14))
        agent = f"Agency {self._random.randrange(40)}"
        hop = {"agent": agent, "relation": "quotes", "basis": "stated"}
        document = self._random.choice(self._documents)
        citation = {
            "document": document, "quote": quote, "start": 0, "end": len(quote),
            "attribution": [hop],
        }  # fmt: skip
        return {"citations": [citation], "known_since": self._day(i).isoformat()}

    def _party_id(self) -> str:
        return self._random.choice(self._parties)

    def _policy(self, i: int) -> Event:
        one = self._random
        day = self._day(i)
        fields: dict[str, Any] = self._cited(i) | {
            "jurisdiction": one.choice(PLACES),
            "policy": str(derived("bench policy", str(one.randrange(50_000)))),
            "rule": {"nationalities": [one.choice(PLACES)], "regime": one.choice(_REGIMES)},
        }
        if i % 5 == 0:
            return fact_from("observation", fields | {"observed_on": day.isoformat()})
        start = day + timedelta(days=one.randrange(40))
        return fact_from(
            "policy",
            fields
            | {
                "action": "amended",
                "announced_on": day.isoformat(),
                "effective_from": start.isoformat(),
            },
        )

    def _document(self, i: int) -> Event:
        document = self._documents[self._received % _DOCUMENTS]
        self._received += 1
        return DocumentReceived(
            document=document,
            raw_sha256=f"{i:064x}",
            text_sha256=f"{i + 1:064x}",
            url=f"https://example.org/{i}",
            title=" ".join(self._random.choices(_WORDS, k=8)),
            publisher="A wire",
            published_at=self._day(i).isoformat(),
        )

    def _statement(self, i: int) -> Event:
        return fact_from(
            "statement",
            self._cited(i)
            | {
                "speaker": self._party_id(),
                "organisation": self._party_id(),
                "country": self._random.choice(PLACES),
                "text": " ".join(self._random.choices(_WORDS, k=20)),
                "verbatim": "verbatim",
                "said_on": self._day(i).isoformat(),
            },
        )

    def _statistic(self, i: int) -> Event:
        year, month = self._day(i).year, self._random.randrange(1, 13)
        return fact_from(
            "statistic",
            self._cited(i)
            | {
                "metric": self._random.choice(_METRICS),
                "geography": self._random.choice(PLACES),
                "counterpart": self._random.choice(PLACES),
                "period": f"{year}-{month:02}",
                "comparator": "=",
                "value": str(self._random.randrange(1, 90_000)),
            },
        )

    def _incident(self, i: int) -> Event:
        incident = str(derived("bench incident", str(self._random.randrange(20_000))))
        return fact_from(
            "incident",
            self._cited(i)
            | {
                "incident": incident,
                "incident_type": "extortion",
                "occurred": self._day(i).isoformat(),
                "place": {"country": self._random.choice(PLACES)},
                "actors": [self._party_id()],
                "killed": {"best": self._random.randrange(4)},
            },
        )

    def _claim(self, i: int) -> Event:
        text = " ".join(self._random.choices(_WORDS, k=12))
        countries = self._random.sample(PLACES, 2)
        return fact_from(
            "claim", self._cited(i) | {"kind": "driver", "text": text, "countries": countries}
        )

    def _party(self, i: int) -> Event:
        party = self._parties[self._named % _PARTIES]
        self._named += 1
        names = (f"Person {self._named % _PARTIES}", f"Alias {i}")
        return PartyNamed(party=party, kind="person", names=names)


def _id(i: int) -> UUID:
    """Version 8, in the order of the events."""
    return UUID(int=(i << 80) | (8 << 76) | (2 << 62))

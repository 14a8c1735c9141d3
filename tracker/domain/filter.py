"""Filters: what a subscription watches."""

import msgspec

from tracker.domain.base import require
from tracker.domain.countries import country_code
from tracker.domain.fact import Credibility
from tracker.domain.metrics import METRICS
from tracker.domain.policy import Direction, Severity
from tracker.domain.values import Country, Id, IncidentType, Nationality, nationality, ruled

ENTRY_RULE = "entry-rule"
"""Stands among types for what changes an entry rule; it is meant where no type is named."""
CONFLICT = "conflict"
"""Stands among types for facts that begin to disagree."""


class Filter(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a subscription watches: AND between fields, OR within one; an empty field is no limit.

    Without `types` it watches changes of entry rules; other events are named in `types`.
    """

    types: tuple[str, ...] = ()
    countries: tuple[Country, ...] = ()
    destinations: tuple[Country, ...] = ()
    nationalities: tuple[Nationality, ...] = ()
    parties: tuple[Id, ...] = ()
    """People and organisations, whatever they do in the event."""
    metrics: tuple[str, ...] = ()
    policies: tuple[Id, ...] = ()
    entry_rules: tuple[str, ...] = ()
    """Single keys, destination and nationality: `EC|CN`."""
    corridors: tuple[tuple[Country, ...], ...] = ()
    """Each the countries of a way; an event is on it that touches at least two of them."""
    incident_types: tuple[IncidentType, ...] = ()
    min_credibility: Credibility | None = None
    """After the Admiralty code, where 1 is confirmed: 3 lets 1, 2 and 3 pass."""
    min_origins: int | None = None
    """How many independent origins the event's citations must have."""
    words: tuple[str, ...] = ()
    """Free text: of one entry all words must occur, whatever their case and accents."""
    directions: tuple[Direction, ...] = ()
    min_severity: Severity | None = None

    def normal(self) -> "Filter":
        """The filter with its keys in normal form; Refused names the field that is wrong."""
        for i, metric in enumerate(self.metrics):
            field = f"filter.metrics[{i}]"
            require(metric in METRICS, f"{field}: {metric!r} is not in the catalogue", field)
        for i, way in enumerate(self.corridors):
            field = f"filter.corridors[{i}]"
            require(len(set(way)) > 1, f"{field}: a way has at least two countries", field)
        for i, text in enumerate(self.words):
            field = f"filter.words[{i}]"
            require(any(c.isalnum() for c in text), f"{field}: has no word in it", field)
        origins = self.min_origins
        require(
            origins is None or origins > 0,
            "filter.min_origins: must be above zero",
            "filter.min_origins",
        )
        keys = [_key(k, f"filter.entry_rules[{i}]") for i, k in enumerate(self.entry_rules)]
        return msgspec.structs.replace(self, entry_rules=tuple(dict.fromkeys(keys)))


def _key(text: str, field: str) -> str:
    where, bar, who = text.partition("|")
    require(bar, f"{field}: write destination and nationality, as in EC|CN", field)
    return f"{ruled(country_code, where, field)}|{ruled(nationality, who, field)}"

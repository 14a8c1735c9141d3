"""What open subscriptions watch, as drafts and documents that wait are held against it."""

from projections.alerts.filters import ENTRY_RULE, Values, reach, values_of
from projections.alerts.index import Index
from projections.views.inbox import Draft
from tracker.domain.base import Actor, Item, Query, Recorded
from tracker.domain.catalog import fact_from
from tracker.domain.errors import TrackerError
from tracker.domain.filter import Filter
from tracker.domain.ids import derived
from tracker.domain.subscription import SUBSCRIPTION_EVENTS, SubscriptionClosed, Watched
from tracker.domain.values import checked
from tracker.log.read import Reader

_SUBSCRIPTIONS = Query((Item(types=tuple(e.type for e in SUBSCRIPTION_EVENTS)),))
_PLACES = ("countries", "destinations", "nationalities")


class Watching:
    """The open subscriptions, brought up to the log whenever it is asked.

    No row says what matches: subscriptions come and go, and folding stays as fast as it is.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._index = Index()
        self._places: dict[str, tuple[str, ...]] = {}
        self._position = 0
        self._fits: dict[str, bool] = {}

    async def catch_up(self) -> None:
        """Follow the log to its head."""
        while new := await self._reader.read(_SUBSCRIPTIONS, after=self._position, limit=5000):
            for recorded in new:
                self._follow(recorded)
            self._position = new[-1].position
            self._fits.clear()

    def _follow(self, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, Watched):
            self._index.follow(event, recorded.position)
            self._places[event.subscription] = _places(event.filter)
        elif isinstance(event, SubscriptionClosed):
            self._index.close(event.subscription)
            self._places.pop(event.subscription, None)

    def fits(self, draft: Draft) -> bool:
        """Whether the fact of a draft would be within an open subscription."""
        known = self._fits.get(draft.draft)
        if known is None:
            values = _values(draft)
            known = self._fits[draft.draft] = bool(values and self._index.fitting(values))
        return known

    def names(self) -> set[str]:
        """All names of places that a document may have for a subscription to watch it."""
        watched = {code for codes in self._places.values() for code in codes}
        return {name for code in watched for name in reach(code)}


def _places(watched: Filter) -> tuple[str, ...]:
    return tuple({code for field in _PLACES for code in getattr(watched, field)})


def _values(draft: Draft) -> Values | None:
    """What filters can find the fact of a draft by; a draft of half a fact is found by nothing."""
    try:
        fact = checked(fact_from(draft.fact_type, draft.fact))
    except TrackerError:
        return None
    proposal = Recorded(
        position=draft.position,
        id=derived("as a fact", draft.draft),
        type=draft.fact_type,
        schema_version=fact.schema_version,
        recorded_at=draft.proposed_at,
        actor=Actor("", "system"),
        correlation_id=derived("as a fact", draft.draft),
        causation_id=None,
        tags=(),
        event=fact,
    )
    rules = (ENTRY_RULE,) if draft.destination else ()
    return values_of(proposal, (), None, *rules)

"""What a command checks of an event before it is recorded, for a batch of entries at a time."""

from collections import deque
from collections.abc import Iterable
from uuid import UUID

import msgspec

from tracker.clock import Clock
from tracker.domain.base import Actor, Event, Given, NewEvent, Recorded
from tracker.domain.errors import NotFound, TrackerError
from tracker.domain.fact import Fact, require_source
from tracker.domain.feed import FeedAdded, FeedMoved, refuse_secrets
from tracker.domain.ids import derived
from tracker.domain.values import checked
from tracker.imports.entry import Entry, at
from tracker.imports.pace import give_way
from tracker.imports.references import Reference, references
from tracker.log.read import Reader

_REMEMBERED = 50_000
_IN_FLIGHT = 2


class Checks:
    """Normal form, what is referred to, and the rules of each kind of fact."""

    def __init__(self, reader: Reader, clock: Clock, actor: Actor) -> None:
        self._reader = reader
        self._clock = clock
        self._actor = actor
        # Batches that may not have reached the log yet; what is older is asked of the log.
        self._recent: deque[dict[str, NewEvent]] = deque(maxlen=_IN_FLIGHT)
        self._tags: set[str] = set()

    async def passed(self, batch: Iterable[Entry]) -> list[Entry]:
        """The entries in normal form; raises what a command would, the place first."""
        here: dict[str, NewEvent] = {}
        ready: list[tuple[Entry, list[Reference]]] = []
        asked: dict[str, tuple[Entry, Reference]] = {}
        for number, entry in enumerate(batch):
            try:
                event = checked(entry.new.event)
                if isinstance(event, FeedAdded | FeedMoved):
                    refuse_secrets(event.url)
                named = list(references(event))
            except TrackerError as fault:
                raise at(entry.place, fault) from None
            entry = entry._replace(new=msgspec.structs.replace(entry.new, event=event))
            for reference in named:
                if not self._seen(reference, here):
                    asked.setdefault(reference.key, (entry, reference))
            ready.append((entry, named))
            _remember(here, entry.new)
            await give_way(number)
        found = await self._asked(asked)
        passed: list[Entry] = []
        for number, (entry, named) in enumerate(ready):
            passed.append(self._settled(entry, named, here, found))
            await give_way(number)
        self._recent.append(here)
        return passed

    def _seen(self, reference: Reference, here: dict[str, NewEvent]) -> bool:
        """Whether it was named earlier in the file, or the log was asked before."""
        if reference.tag in self._tags:
            return True
        keys = _keys(reference)
        return any(key in batch for batch in (here, *self._recent) for key in keys)

    async def _asked(self, asked: dict[str, tuple[Entry, Reference]]) -> dict[str, Recorded]:
        """The events that are referred to by id; NotFound for the first that is not there."""
        ids = {UUID(r.value) for _, r in asked.values() if r.tag is None}
        events = await self._reader.by_ids(list(ids)) if ids else []
        found = {str(recorded.id): recorded for recorded in events}
        tags = {key for _, r in asked.values() for key in _keys(r) if ":" in key}
        known = await self._reader.known_tags(sorted(tags)) if tags else set[str]()
        for entry, reference in asked.values():
            if not any(key in found or key in known for key in _keys(reference)):
                fault = NotFound(reference.missing(), field=reference.field)
                raise at(entry.place, fault)
        if len(self._tags) > _REMEMBERED:
            self._tags.clear()
        self._tags |= known
        return found

    def _settled(
        self,
        entry: Entry,
        named: list[Reference],
        here: dict[str, NewEvent],
        found: dict[str, Recorded],
    ) -> Entry:
        fact = entry.new.event
        if not isinstance(fact, Fact):
            return entry
        past = [
            known
            for reference in named
            if reference.tag is None and (known := self._known(reference.value, here, found))
        ]
        # A policy begins with the first event that names it, in a log as in a file.
        past.append(self._as_recorded(entry.new))
        given = Given(self._clock(), lambda: derived("policy", str(entry.new.id)), self._actor, {})
        try:
            require_source(fact)
            settled: Event = fact.settle(past, given)
        except TrackerError as fault:
            raise at(entry.place, fault) from None
        return entry._replace(new=msgspec.structs.replace(entry.new, event=settled))

    def _known(
        self, event_id: str, here: dict[str, NewEvent], found: dict[str, Recorded]
    ) -> Recorded | None:
        if event_id in found:
            return found[event_id]
        new = next((batch[event_id] for batch in (here, *self._recent) if event_id in batch), None)
        return new and self._as_recorded(new)

    def _as_recorded(self, new: NewEvent) -> Recorded:
        """An event of the file as the rules of a fact see those of the log."""
        return Recorded(
            position=0,
            id=new.id,
            type=new.event.type,
            schema_version=new.event.schema_version,
            recorded_at=self._clock(),
            actor=self._actor,
            correlation_id=new.id,
            causation_id=None,
            tags=new.event.tags(),
            event=new.event,
        )


def _keys(reference: Reference) -> tuple[str, ...]:
    """What it may be known as: an id that is no entity's is an event's or a policy's."""
    if reference.tag is not None:
        return (reference.tag,)
    return (reference.value, f"policy:{reference.value}")


def _remember(here: dict[str, NewEvent], new: NewEvent) -> None:
    here[str(new.id)] = new
    for tag in new.event.tags():
        here.setdefault(tag, new)

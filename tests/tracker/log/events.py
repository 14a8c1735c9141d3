"""Small events, and who records them."""

from uuid import UUID, uuid4

from tracker.domain.base import Actor, NewEvent
from tracker.domain.party import PartyNamed

ANALYST = Actor("01a1ffcc-4f46-7c5c-9b71-7b90fa44b481", "analyst")


def named(
    name: str = "Lin Jian", party: str | None = None, event_id: UUID | None = None
) -> NewEvent:
    """An event that names a party."""
    event = PartyNamed(party=party or str(uuid4()), kind="person", names=(name,))
    return NewEvent(event_id or uuid4(), event)

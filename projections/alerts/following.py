"""Who was told of what an event bears on, and which alerts it makes needless."""

from collections.abc import Sequence
from uuid import UUID

from projections.alerts.reasons import Earlier, Rules, Ruling
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.draft import DraftRejected
from tracker.domain.fact import Fact
from tracker.domain.policy import EffectiveDateReached


def decided(recorded: Recorded) -> UUID | None:
    """The fact or draft of which an event says what becomes of it."""
    event = recorded.event
    if isinstance(event, FactCorrected | FactRetracted):
        return UUID(event.target)
    if isinstance(event, EffectiveDateReached):
        return UUID(event.change)
    return recorded.causation_id if isinstance(event, Fact | DraftRejected) else None


def roots(recorded: Recorded) -> tuple[UUID, ...]:
    """What an event decides or replaces: an alert about it refers to those about them."""
    event = recorded.event
    replaced = [UUID(one) for one in event.replaces] if isinstance(event, Ruling) else []
    return tuple(one for one in (decided(recorded), *replaced) if one)


def superseded(recorded: Recorded, earlier: Sequence[Earlier]) -> dict[UUID, str]:
    """The alerts that are held and need not be sent any more because of an event, and why."""
    match recorded.event:
        case FactRetracted():
            reason = "what it tells was taken back before it was sent"
        case DraftRejected():
            reason = "the draft was rejected before it was sent"
        case Fact():
            reason = "the draft was accepted before it was sent"
        case _:
            return {}
    about = decided(recorded)
    return {e.id: reason for e in earlier if e.held and e.about == about}


def sent_alerts(earlier: Sequence[Earlier]) -> dict[str, tuple[UUID, ...]]:
    """Subscription → the earlier alerts that were sent to it."""
    found: dict[str, tuple[UUID, ...]] = {}
    for one in earlier:
        if not one.held:
            found[one.subscription] = (*found.get(one.subscription, ()), one.id)
    return found


def followers(recorded: Recorded, earlier: Sequence[Earlier], rules: Rules) -> list[str]:
    """Those who were told of what the event decides, be it news for them or not."""
    event = recorded.event
    if isinstance(event, EffectiveDateReached) and event.rule and rules.compared:
        return []
    about = decided(recorded)
    retracting = isinstance(event, FactRetracted | DraftRejected)
    return [e.subscription for e in earlier if e.about == about and (retracting or not e.held)]

"""Who was told of what an event bears on, and which alerts it makes needless."""

from collections.abc import Sequence
from uuid import UUID

from projections.alerts.reasons import Earlier, Rules, Ruling
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorrected, FactRetracted
from tracker.domain.draft import DraftRejected
from tracker.domain.fact import Fact
from tracker.domain.policy import EffectiveDateReached


def roots(recorded: Recorded) -> tuple[UUID, ...]:
    """The facts and drafts that an event bears on: whoever was told of them hears of it."""
    event = recorded.event
    if isinstance(event, FactCorrected | FactRetracted):
        return (UUID(event.target),)
    if isinstance(event, EffectiveDateReached):
        return (UUID(event.change),)
    named = (recorded.causation_id,) if isinstance(event, Fact | DraftRejected) else ()
    replaced = [UUID(one) for one in event.replaces] if isinstance(event, Ruling) else []
    return tuple(one for one in (*named, *replaced) if one)


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
    about = set(roots(recorded)[:1])
    return {e.id: reason for e in earlier if e.held and e.about in about}


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
    named = (
        {recorded.causation_id} if isinstance(event, Fact | DraftRejected) else set(roots(recorded))
    )
    retracting = isinstance(event, FactRetracted | DraftRejected)
    return [e.subscription for e in earlier if e.about in named and (retracting or not e.held)]

"""`/alerts/held`: what was not sent at once, and why; `/alerts/{id}/acknowledge`."""

from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from projections.alerts.holding import HeldBack, Holding
from projections.alerts.imported import Untold, untold
from projections.views.subscriptions import Subscription
from tracker.api.access import READER, OpenParts
from tracker.api.alerts import provide_matched
from tracker.api.channels import Caller
from tracker.api.reading import Before, Limit, Reading
from tracker.domain.errors import NotFound
from tracker.parts import Parts
from tracker.tables.users import User


class HeldAlerts(msgspec.Struct, frozen=True):
    """A page of alerts that were held back or never sent."""

    held: list[HeldBack]
    next: int | None


class Imports(msgspec.Struct, frozen=True):
    """What imports did not tell, the latest first."""

    imports: list[Untold]


async def visible(parts: Parts, user: User) -> list[str] | None:
    """The caller's own subscriptions; None for admins and auditors, who see everybody's."""
    if user.role in ("admin", "auditor"):
        return None
    own = await parts.views.select(Subscription, equal={"owner": str(user.id)}, limit=10_000)
    return [one.subscription for one in own]


class HeldRoutes(Controller):
    """What was held back, of the caller's own subscriptions."""

    path = "/alerts"
    tags = ("alerts",)

    @get("/held", opt=READER)
    async def held(
        self,
        request: Caller,
        parts: OpenParts,
        subscription: FromQuery[UUID | None] = None,
        before: Before = None,
        limit: Limit = 50,
    ) -> HeldAlerts:
        """Alerts that were not sent at once, the latest first, each with the reason."""
        seen = await visible(parts, request.user)
        if subscription is not None:
            seen = [s for s in ([str(subscription)]) if seen is None or s in seen]
        found = await Holding(parts.database).held(subscriptions=seen, before=before, limit=limit)
        return HeldAlerts(found, found[-1].position if len(found) == limit else None)

    @get("/imports", opt=READER, dependencies={"reading": Provide(provide_matched)})
    async def imports(
        self,
        request: Caller,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        limit: Limit = 50,
    ) -> Imports:
        """How many alerts came with imports and were not sent, as nobody had asked for them."""
        return Imports(await untold(parts.database, await visible(parts, request.user), limit))

    @post("/{alert:uuid}/acknowledge", opt=READER, status_code=204)
    async def acknowledge(self, request: Caller, parts: OpenParts, alert: FromPath[UUID]) -> None:
        """Note that somebody has seen an alert, or all of a message."""
        seen = await visible(parts, request.user)
        holding, by = Holding(parts.deliver_database), str(request.user.id)
        if not await holding.acknowledge(alert, by, parts.clock(), seen):
            raise NotFound(f"alert: there is no alert {alert}", field="alert")

"""`/alerts/held`: what was not sent at once, and why; `/alerts/{id}/acknowledge`."""

from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, FromQuery

from projections.alerts.holding import HeldBack, Holding
from projections.alerts.imported import Untold, untold
from tracker.api.access import READER, Caller, OpenParts
from tracker.api.alerts import provide_matched
from tracker.api.once import Once
from tracker.api.paging import Paging
from tracker.api.reading import Limit, Reading
from tracker.cursors import Place


class HeldAlerts(msgspec.Struct, frozen=True):
    """A page of alerts that were held back or never sent."""

    held: list[HeldBack]
    next: str | None


class Imports(msgspec.Struct, frozen=True):
    """What imports did not tell, the latest first."""

    imports: list[Untold]


class HeldRoutes(Controller):
    """What was held back, of the caller's own subscriptions."""

    path = "/alerts"
    tags = ("alerts",)

    @get("/held", opt=READER)
    async def held(
        self,
        request: Caller,
        parts: OpenParts,
        paging: NamedDependency[Paging],
        subscription: FromQuery[UUID | None] = None,
        limit: Limit = 50,
    ) -> HeldAlerts:
        """Alerts that were not sent at once, the latest first, each with the reason."""
        seen = await parts.whose_alerts(request.user)
        if subscription is not None:
            seen = [s for s in ([str(subscription)]) if seen is None or s in seen]
        found = await Holding(parts.database).held(
            subscriptions=seen, before=paging.place(tuple[Place, UUID]), limit=limit
        )
        return HeldAlerts(found, paging.next(found, limit, "position", "id"))

    @get("/imports", opt=READER, dependencies={"reading": Provide(provide_matched)})
    async def imports(
        self,
        request: Caller,
        parts: OpenParts,
        reading: NamedDependency[Reading],
        limit: Limit = 50,
    ) -> Imports:
        """How many alerts came with imports and were not sent, as nobody had asked for them."""
        seen = await parts.whose_alerts(request.user)
        return Imports(await untold(parts.database, seen, limit))

    @post("/{alert:uuid}/acknowledge", opt=READER, status_code=204)
    async def acknowledge(
        self,
        request: Caller,
        parts: OpenParts,
        alert: FromPath[UUID],
        once: NamedDependency[Once],
    ) -> None:
        """Note that you have seen an alert, or all of a message, of a subscription of yours."""
        await once(type(None), lambda: parts.acknowledge(alert, request.user))

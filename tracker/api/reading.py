"""What every read shares: the position it is of, the two clocks, and ETags that make 304 cheap."""

import hashlib
from collections.abc import MutableMapping
from typing import Annotated, Any, cast

import msgspec
from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.params import QueryParameter
from litestar.types import Message, Scope

from projections.questions import Basis, Clocks, Sighting
from tracker.api.access import ALLOWED
from tracker.api.formats import form
from tracker.api.problems import NotModified
from tracker.api.rates import TOLD
from tracker.api.standing import STANDING, Stand, Standing
from tracker.api.unchanged import STATE, UNCHANGED, Memory, has
from tracker.domain.countries import country_code
from tracker.domain.groups import jurisdiction
from tracker.domain.travel_codes import travel_code
from tracker.domain.values import nationality, ruled
from tracker.parts import Parts

MOST = 500
MinPosition = Annotated[
    int | None,
    QueryParameter(ge=0, description="Wait until the views have come to this position of the log."),
]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST, description="At most so many.")]


class Reading:
    """How far the views were when a request was answered, and what the caller already has."""

    def __init__(self, request: Request[Any, Any, Any], stand: Stand) -> None:
        self._request = request
        self.stand = stand
        self._views = stand.views
        self.stand_at(min((view.position for view in stand.views), default=0))

    def stand_at(self, position: int) -> None:
        """Say of which position the answer is."""
        self.position = position
        self._request.scope["state"][STATE] = {
            "tracker-position": str(position),
            "tracker-checkpoint-size": str(self.stand.signed),
        }

    def at(self, view: str) -> int:
        """How far one view has come."""
        return next((v.position for v in self._views if v.name == view), 0)

    def unless_known(self, *also: object) -> None:
        """Raise NotModified where the caller's ETag still holds.

        The tag is made of the address, of where every view stands (a halted view must not freeze
        the others' answers) and of what else the answer depends on. Call it before any work.
        """
        url = self._request.url
        standing = [(v.name, v.version, v.position) for v in self._views]
        key = [url.path, url.query, form(self._request), *standing, also]
        digest = hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:20]
        tag = f'W/"{self.position}-{digest}"'
        self._request.scope["state"][STATE]["etag"] = tag
        self._remember()
        if has(tag, self._request.headers.get("if-none-match", "")):
            raise NotModified

    def _remember(self) -> None:
        """So that the same question is answered with 304 without coming here."""
        memory: Memory | None = self._request.app.state.get(UNCHANGED)
        least = self._request.route_handler.opt["role"]
        if memory is not None and least in ALLOWED:
            told = self._request.scope["state"][STATE]
            memory.keep(self._request.scope, self.stand, ALLOWED[least], told)


def standing(request: Request[Any, Any, Any]) -> Standing:
    """What this process knows of where things stand."""
    return request.app.state[STANDING]


async def provide_reading(
    request: Request[Any, Any, Any], min_position: MinPosition = None
) -> Reading:
    """Where the views are; waits for `min_position`, at most ten seconds."""
    return Reading(request, await standing(request).now(min_position))


async def provide_clocks(
    valid_at: Annotated[
        str | None, QueryParameter(description="A day; today in the destination's capital.")
    ] = None,
    known_at: Annotated[
        str | None, QueryParameter(description="A day, a time or a position; now by default.")
    ] = None,
    basis: Annotated[
        Basis,
        QueryParameter(description="Whose knowledge: this log's, or a reader's of the sources."),
    ] = "recorded",
) -> Clocks:
    """The two times as they were asked."""
    return Clocks(valid_at, known_at, basis)


async def sighted(
    parts: Parts, reading: Reading, clocks: Clocks, destination: str | None = None
) -> Sighting:
    """The two times as understood; NotModified where the caller has that answer."""
    seen = reading.at("entry_rules")
    sighting = await parts.questions.sight(clocks, destination, seen=seen)
    # What is published by now may come to be known by the mere passing of time: no tag for that.
    if clocks.known_at is not None or clocks.basis == "recorded":
        reading.unless_known(sighting.valid_at)
    return sighting


def country(field: str, text: str) -> str:
    """The alpha-2 code of a parameter; Refused names the parameter."""
    return ruled(country_code, text, field)


def traveller(text: str, field: str = "nationality") -> str:
    """The alpha-2 code of a nationality, also as a passport has it; Refused names the parameter."""
    return ruled(travel_code, text, field)


def nationality_of(field: str, text: str) -> str:
    """The country code or group of a parameter; Refused names the parameter."""
    return ruled(nationality, text, field)


def jurisdiction_of(text: str) -> str:
    """The country, or the union that acts as one, of a parameter; Refused names the parameter."""
    return ruled(jurisdiction, text, "jurisdiction")


async def stamp(message: Message, scope: Scope) -> None:
    """Put position and ETag on a response; a hook before sending, so that 304 has them too."""
    if message["type"] != "http.response.start" or not scope["path"].startswith("/api/"):
        return
    answer = cast("MutableMapping[str, str]", MutableScopeHeaders.from_message(message))
    known: dict[str, str] = {}
    if "state" in scope:
        known = {**scope["state"].get(STATE, {}), **scope["state"].get(TOLD, {})}
    for name, value in known.items():
        answer.setdefault(name, value)
    answer.setdefault("cache-control", "private, no-cache" if "etag" in known else "no-store")
    answer.setdefault("vary", "accept, authorization, cookie")

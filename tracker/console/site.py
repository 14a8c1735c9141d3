"""Templates and the files that they load; every page is rendered here."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Request, Response, Router
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from feeds.cadence import told
from tracker import __version__
from tracker.console.looks import look
from tracker.domain import edtf
from tracker.domain.countries import COUNTRIES, country_name
from tracker.domain.groups import GROUPS
from tracker.domain.values import instant

AnyRequest = Request[Any, Any, Any]

_TYPES = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "world.svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True):
    """One file that pages load."""

    content: bytes
    media_type: str
    address: str


def _load(name: str, media_type: str) -> Asset:
    content = files("tracker.console").joinpath("static", name).read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(content, media_type, f"/static/{digest}/{name}")


ASSETS = {name: _load(name, media_type) for name, media_type in _TYPES.items()}


def moment(value: datetime) -> Markup:
    """A time to the minute, UTC and marked so, exact to the microsecond for machines."""
    exact = value.isoformat().replace("+00:00", "Z")
    return Markup('<time datetime="{}" title="{}">{} UTC</time>').format(
        exact, exact, value.strftime("%Y-%m-%d %H:%M")
    )


def moment_text(text: str) -> str:
    """A stored time to the minute, UTC; a bare day stays one, as its source gave it."""
    return text if len(text) <= 10 else f"{instant(text):%Y-%m-%d %H:%M} UTC"


def period(text: str) -> Markup:
    """A partial date in words; a line never breaks within a day."""
    return Markup(" ").join(
        Markup('<span class="whole">{}</span>').format(word) for word in edtf.words(text).split(" ")
    )


def whom(code: str) -> str:
    """A nationality, a group or `*` in words."""
    if code == "*":
        return "everybody"
    return f"{code} (group)" if code in GROUPS else country_name(code)


def with_query(path: str, pairs: Iterable[tuple[str, object]]) -> str:
    """An address with those parameters that have a value."""
    query = urlencode([(name, value) for name, value in pairs if value not in (None, "")])
    return f"{path}?{query}" if query else path


def changed(request: AnyRequest, path: str | None = None, **changes: object) -> str:
    """The address of this page, or of another path, with some parameters changed."""
    asked = dict(request.query_params.items())
    return with_query(path or request.url.path, {**asked, **changes}.items())


_environment = Environment(
    loader=PackageLoader("tracker.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_GIVEN: dict[str, object] = {
    "assets": {name: asset.address for name, asset in ASSETS.items()},
    "countries": COUNTRIES,
    "country_name": country_name,
    "look": look,
    "moment": moment,
    "moment_text": moment_text,
    "period": period,
    "told": told,
    "version": __version__,
    "whom": whom,
}


def page(
    request: AnyRequest, template: str, *, status: int = 200, **context: object
) -> Response[str]:
    """A whole page; what a visitor sees is nobody else's to keep."""

    def link(path: str | None = None, **changes: object) -> str:
        return changed(request, path, **changes)

    common = {
        "link": link,
        "path": request.url.path,
        "traits_name": request.state.get("log_name"),
        "twin": None,
        "visit": None,
    }
    html = _environment.get_template(template).render({**_GIVEN, **common, **context})
    return Response(
        html,
        status_code=status,
        media_type=MediaType.HTML,
        headers={"Cache-Control": "private, no-cache"},
    )


def pages(*handlers: ControllerRouterHandler) -> Router:
    """The routes of some pages; they are for people and stay out of the API's description."""
    return Router("/", route_handlers=handlers, include_in_schema=False)

"""Which methods an address takes, as OPTIONS tells it."""

from typing import Any, cast

from litestar.datastructures import MutableScopeHeaders
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope


async def allow(message: Message, scope: Scope) -> None:
    """Name every method; a hook before sending.

    Litestar's answer to OPTIONS knows only the handler that was there first for an address.
    """
    known = cast("dict[str, Any]", scope)
    if message["type"] != "http.response.start" or known.get("method") != "OPTIONS":
        return
    template = known.get("path_template")
    methods = {
        str(method)
        for route in scope["litestar_app"].routes
        if isinstance(route, HTTPRoute) and route.path_format == template
        for method in route.methods
    }
    if methods:
        MutableScopeHeaders.from_message(message)["Allow"] = ", ".join(sorted(methods))

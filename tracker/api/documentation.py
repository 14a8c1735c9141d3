"""`/openapi.json` and `/docs`: the API described by itself; nothing is loaded from elsewhere."""

from html import escape
from typing import Any

from litestar import Request, Response, get
from litestar.enums import OpenAPIMediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.router import Router
from litestar.types import Method

from tracker import __version__
from tracker.api.access import PUBLIC
from tracker.api.described import described

AnyRequest = Request[Any, Any, Any]
_METHODS = ("get", "post", "put", "patch", "delete")
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Policy Tracker API</title></head>
<body><main>
<h1>Policy Tracker API</h1>
<p>The machine-readable description (OpenAPI 3.1) is at
<a href="/api/v1/openapi.json">/api/v1/openapi.json</a>. Send
<code>Authorization: Bearer &lt;token&gt;</code>. Errors are problem documents (RFC 9457).
New values and fields may come: tolerate them.</p>
{sections}
</main></body></html>
"""


class RoutesPage(OpenAPIRenderPlugin):
    """A plain page that lists every route with its parameters."""

    def __init__(self) -> None:
        super().__init__(path="/")

    def render(self, request: AnyRequest, openapi_schema: dict[str, Any]) -> bytes:
        """The page."""
        named = openapi_schema["components"].get("schemas", {})
        sections = [
            _section(method, path, operations[method], named)
            for path, operations in sorted(openapi_schema["paths"].items())
            for method in _METHODS
            if method in operations
        ]
        return _PAGE.format(sections="\n".join(sections)).encode()


def _section(method: str, path: str, operation: dict[str, Any], named: dict[str, Any]) -> str:
    about = escape(operation.get("description") or operation.get("summary") or "")
    items = "".join(
        f"<li><code>{escape(p['name'])}</code> ({escape(p['in'])}"
        f"{', required' if p.get('required') else ''}) {escape(p.get('description') or '')}</li>"
        for p in operation.get("parameters", ())
    )
    parameters = f"<ul>{items}</ul>" if items else ""
    # A long path may break at its slashes on a narrow screen.
    name = f"{method.upper()} {escape(path).replace('/', '/<wbr>')}"
    body = _body(operation.get("requestBody"), named)
    return (
        f'<h2 id="{method}:{escape(path)}"><code>{name}</code></h2><p>{about}</p>{parameters}{body}'
    )


def _body(asked: dict[str, Any] | None, named: dict[str, Any]) -> str:
    """The fields of the JSON that a request brings."""
    if asked is None:
        return ""
    schema = asked["content"]["application/json"]["schema"]
    optional = "oneOf" in schema
    schema = schema["oneOf"][0] if optional else schema
    schema = named[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    needed = schema.get("required", ())
    fields = "".join(
        f"<li><code>{escape(name)}</code>{' (required)' if name in needed else ''}</li>"
        for name in schema.get("properties", ())
    )
    word = "Body (optional)" if optional else "Body"
    if not fields:
        return f"<p>{word}: {escape(schema.get('description', 'JSON'))}</p>"
    return f"<p>{word}: JSON with</p><ul>{fields}</ul>"


@get("/openapi.json", opt=PUBLIC, media_type=OpenAPIMediaType.OPENAPI_JSON, include_in_schema=False)
async def openapi(request: AnyRequest) -> Response[dict[str, Any]]:
    """The OpenAPI document."""
    return Response(described(request.app), media_type=OpenAPIMediaType.OPENAPI_JSON)


def _operation_id(handler: HTTPRouteHandler, method: Method, path: list[Any]) -> str:
    """The noun and what is done with it, as in `entry_rules_why`; a client's method is named so."""
    words = [part for part in path if isinstance(part, str) and part not in ("api", "v1")]
    noun, did = words[0].replace("-", "_").replace(".", "_"), handler.handler_name
    return did if did.startswith(noun) else f"{noun}_{did}"


def openapi_config() -> OpenAPIConfig:
    """How the API describes itself."""
    bearer = SecurityScheme(type="http", scheme="bearer", description="A token of a user.")
    return OpenAPIConfig(
        title="Policy Tracker",
        version=__version__,
        description="Who may enter where, who said what and what changed, with sources.",
        path="/api/v1/docs",
        openapi_router=Router(
            "/api/v1/docs", route_handlers=[], include_in_schema=False, opt=dict(PUBLIC)
        ),
        render_plugins=[RoutesPage()],
        components=Components(security_schemes={"token": bearer}),
        security=[{"token": []}],
        operation_id_creator=_operation_id,
        use_handler_docstrings=True,
    )

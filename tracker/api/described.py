"""What the OpenAPI document says of every operation by rule: refusals, forms and who may ask."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Method

from tracker.api.formats import CLOUD_EVENTS, CSV, JSON, NDJSON, offered
from tracker.api.problems import KINDS, MEDIA_TYPE, PROGRAMS, Problem
from tracker.api.writing import Written

Operation = dict[str, Any]
_ALWAYS = (400, 404, 406, 503)
_KNOWN = (401, 403, 429)
_WRITES = (409, 413, 415)
_SECURITY: dict[str, list[dict[str, list[str]]]] = {"public": [], "local": [{"token": []}, {}]}
_PAGE = {"text/html": {"schema": {"type": "string"}}}
_FORMS: dict[str, dict[str, Any]] = {
    CSV: {"type": "string"},
    NDJSON: {"type": "string"},
    CLOUD_EVENTS: {"type": "array", "items": {"type": "object"}},
}


def described(app: Litestar) -> dict[str, Any]:
    """The OpenAPI document, with what is so for every operation of its kind."""
    document = app.openapi_schema.to_schema()
    parts = document.setdefault("components", {})
    (_,), schemas = msgspec.json.schema_components(
        [Problem], ref_template="#/components/schemas/{name}"
    )
    parts.setdefault("schemas", {}).update(schemas)
    parts["responses"] = {_name(status): _refusal(status) for status in KINDS} | {
        "NotModified": {"description": "The caller has the answer already."}
    }
    for path, method, handler in _operations(app):
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is not None:
            _complete(operation, method, handler)
            _mend_parameters(operation)
            if not path.startswith(PROGRAMS):
                _tell_people(operation, handler)
    return document


def _operations(app: Litestar) -> Iterator[tuple[str, Method, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    yield route.path_format, method, handler


def _complete(operation: Operation, method: Method, handler: HTTPRouteHandler) -> None:
    least = handler.opt["role"]
    answers: dict[str, Any] = operation["responses"]
    expected = [*_ALWAYS, *(() if least == "public" else _KNOWN)]
    if method != "GET":
        expected += _WRITES
    for status in expected:
        answers[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    if method == "GET":
        answers["304"] = {"$ref": "#/components/responses/NotModified"}
        content = answers.get("200", {}).get("content", {})
        if JSON in content:
            content.update({form: _as(form) for form in offered(handler) if form in _FORMS})
    returned = handler.parsed_fn_signature.return_type.annotation
    if "201" in answers and Written in get_args(returned):
        answers["200"] = {**answers["201"], "description": "Things stood like that already."}
    data = handler.parsed_fn_signature.parameters.get("data")
    if data is not None and data.has_default:
        operation["requestBody"]["required"] = False
    if least in _SECURITY:
        operation["security"] = _SECURITY[least]


def _mend_parameters(operation: Operation) -> None:
    """Say of parameters what litestar leaves out of the document, or says amiss."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        kinds = {str(one.get("type")): one for one in schema.get("oneOf", [schema])}
        if "array" in kinds:
            # A query has no nothing: a list that is not there is left out.
            schema.pop("oneOf", None)
            schema.update(kinds["array"])
        elif "integer" in kinds:
            # No parameter takes a negative number; a bound of 0 is taken for none.
            schema.setdefault("minimum", 0)


def _tell_people(operation: Operation, handler: HTTPRouteHandler) -> None:
    """Outside of what programs ask, refusals are pages, and a route may name what it answers with."""
    answers: dict[str, Any] = operation["responses"]
    for status in answers.keys() & {str(status) for status in KINDS}:
        _, title = KINDS[int(status)]
        answers[status] = {"description": f"{title}.", "content": _PAGE}
    forms: tuple[str, ...] = handler.opt.get("forms", ())
    if forms:
        answers["200"]["content"] = {form: {"schema": {}} for form in forms}


def _as(form: str) -> dict[str, Any]:
    return {"schema": _FORMS[form]}


def _name(status: int) -> str:
    kind, _ = KINDS[status]
    return "".join(word.capitalize() for word in kind.split("-"))


def _refusal(status: int) -> dict[str, Any]:
    _, title = KINDS[status]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": f"{title}.", "content": {MEDIA_TYPE: {"schema": schema}}}

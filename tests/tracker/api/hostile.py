"""Requests made from the OpenAPI document, each with a text that does harm in one place."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, cast
from urllib.parse import quote

import msgspec

from tests.tracker.api.door import BY_HAND
from tests.tracker.api.test_access import SOME_ID
from tracker.domain.catalog import FACTS

# Markup and SQL in one, as each has to be taken for a text.
MARKUP = """<script>alert(1)</script><img src=x onerror="alert(1)">'; drop table log.event; --"""
LONG = "a" * 10_000
TEXTS = (MARKUP, "\x00", "\ud800", LONG)
_REFS = "#/components/schemas/"
_STREAM = "text/event-stream"
# What has to stand beside a text, so that it is looked at at all.
_BESIDE: dict[str, dict[str, Any]] = {
    "/api/v1/documents": {"text": "Nothing."},
    "/api/v1/feeds": {"url": "https://example.org/other"},
    "/api/v1/subscriptions": {"filter": {"countries": ["EC"]}},
    "/api/v1/subscriptions/backtest": {"filter": {"countries": ["EC"]}},
    "/api/v1/events/{event}/erasure": {"dry_run": True},
}
# How facts are recorded, and of which kind.
_FACTS = {
    "/api/v1/policies": "policy",
    "/api/v1/statements": "statement",
    "/api/v1/statistics": "statistic",
}
_FACT: dict[str, Any] = {**BY_HAND, "jurisdiction": "EC", "action": "amended"}
Schema = Mapping[str, Any]
Path = tuple[str | int, ...]


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """A request with a text in one place."""

    method: str
    path: str
    place: str
    text: str
    headers: dict[str, str]
    data: bytes | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]} {self.place} {self.text[:40]!r}"


def attacks(document: Schema, known: Mapping[str, str]) -> Iterator[Attack]:
    """Every text in every parameter and in every field of every operation; what deletes is last."""
    operations = [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    for path, method, operation in sorted(operations, key=lambda one: one[1] == "delete"):
        for text in TEXTS:
            for parameter in operation.get("parameters", ()):
                yield from _in_parameter(path, method, parameter, known, text)
        if "requestBody" in operation:
            yield from _in_body(path, method, operation, document["components"]["schemas"], known)


def _in_parameter(
    path: str, method: str, parameter: Schema, known: Mapping[str, str], text: str
) -> Iterator[Attack]:
    name, where = parameter["name"], parameter["in"]
    headers: dict[str, str] = {}
    if where == "header":
        # No client sends a header that is no header.
        if not text.isprintable():
            return
        headers[name] = text
    written = quote(text.encode("utf-8", "surrogatepass"), safe="")
    address = _address(path, known, {name: written} if where == "path" else {})
    query = f"?{quote(name)}={written}" if where == "query" else ""
    yield Attack(
        method=method, path=address + query, place=f"{where} {name}", text=text, headers=headers
    )


def _address(path: str, known: Mapping[str, str], given: Mapping[str, str]) -> str:
    for part in [one.partition("}")[0] for one in path.split("{")[1:]]:
        value = given.get(part) or known.get(f"path.{part}", SOME_ID)
        path = path.replace(f"{{{part}}}", value)
    return path


def _in_body(
    path: str, method: str, operation: Schema, named: Schema, known: Mapping[str, str]
) -> Iterator[Attack]:
    address = _address(path, known, {})
    for target, schema, beside, parts in _bodies(path, address, operation, named):
        for place in dict.fromkeys(_texts(schema, parts)):
            # Every kind of fact has the same citations: they are tried with one.
            if place[0] == "citations" and "/facts/" in target and not target.endswith("/policy"):
                continue
            for text in TEXTS:
                body = deepcopy({**_least(schema, parts), **beside})
                if path == "/api/v1/subscriptions" and place[0] != "webhook":
                    body["channel"] = known.get("path.channel", SOME_ID)
                _put(body, place, text, schema, parts)
                yield Attack(
                    method=method,
                    path=target,
                    place=f"body {place}",
                    text=text,
                    headers={"content-type": "application/json"},
                    # Half a character stands in JSON as its escape, as somebody would send it.
                    data=json.dumps(body).encode(),
                )


def _bodies(
    path: str, address: str, operation: Schema, named: Schema
) -> Iterator[tuple[str, Schema, dict[str, Any], Schema]]:
    """Where to send what kind of body, and what stands beside its texts."""
    kinds = [_FACTS[path]] if path in _FACTS else []
    if path == "/api/v1/facts/{kind}":
        kinds = list({fact: kind for kind, fact in FACTS.items()}.values())
        address = path
    for kind in kinds:
        (schema,), parts = msgspec.json.schema_components(
            [FACTS[kind]], ref_template=_REFS + "{name}"
        )
        yield address.replace("{kind}", kind), schema, _FACT if "pol" in kind else BY_HAND, parts
    if not kinds:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        yield address, schema, _BESIDE.get(path, {}), named


def _plain(schema: Schema, parts: Schema) -> Schema:
    """A schema without references and without its nothing."""
    while True:
        if "$ref" in schema:
            schema = parts[schema["$ref"].removeprefix(_REFS)]
            continue
        choice = cast("list[Schema]", schema.get("oneOf", schema.get("anyOf", [])))
        if not choice:
            return schema
        schema = next(one for one in choice if one.get("type") != "null")


def _texts(schema: Schema, parts: Schema, at: Path = ()) -> Iterator[Path]:
    """The place of every text; in a list it stands first."""
    schema = _plain(schema, parts)
    kinds = schema.get("type", "string" if "enum" in schema else "object")
    if "string" in kinds:
        yield at
    if "array" in kinds and isinstance(schema.get("items"), dict):
        yield from _texts(schema["items"], parts, (*at, 0))
    for name, inner in schema.get("properties", {}).items():
        yield from _texts(inner, parts, (*at, name))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _texts(schema["additionalProperties"], parts, (*at, "x"))


def _least(schema: Schema, parts: Schema) -> Any:
    """The least that fits a schema."""
    schema = _plain(schema, parts)
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "object")
    if "string" in kinds:
        return SOME_ID if schema.get("format") == "uuid" else "x"
    if "object" in kinds:
        given = schema.get("properties", {})
        return {name: _least(given[name], parts) for name in schema.get("required", ())}
    return next((value for kind, value in _SIMPLE.items() if kind in kinds), None)


_SIMPLE: dict[str, Any] = {"array": [], "integer": 1, "number": 1, "boolean": True}


def _put(body: Any, place: Path, text: str, schema: Schema, parts: Schema) -> None:
    """Set a text at its place, with the least around it."""
    for step, following in zip(place, (*place[1:], None), strict=True):
        schema = _plain(schema, parts)
        if isinstance(step, int):
            schema = schema["items"]
        else:
            schema = schema.get("properties", {}).get(step) or schema["additionalProperties"]
        inner = text if following is None else deepcopy(_least(schema, parts))
        if isinstance(step, int):
            if not body:
                body.append(inner)
            elif following is None:
                body[0] = inner
        elif following is None or not body.get(step):
            body[step] = inner
        body = body[step]

"""What is sent to do harm is refused in one sentence, or kept as the text that it is."""

import io
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.tracker.api.door import BY_HAND, Door, problem
from tests.tracker.api.test_access import routes
from tracker.api.access import SESSION_COOKIE

SQL = "'; drop table log.event cascade; --"
HTML = '<script>alert(1)</script><img src=x onerror="alert(1)">'
TEXTS = (SQL, HTML, "\x00", "%s %(id)s {0}", "a" * 100_000, "../../etc/passwd")
LONE_SURROGATE = b'{"name": "\\ud800", "role": "reader"}'
PATHS = (
    "../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "0/..%5c..%5cetc",
    "0/x001/../../067",
    "/etc/passwd",
    "0/%00",
)
_GIVEN = {"self", "request", "parts", "reading", "clocks", "holder", "wanted", "write"}
CURSORS = ("-1", "1.5", "9" * 40, "1;drop", "%00", "eyJhIjoxfQ==")


def forms() -> list[dict[str, Any]]:
    """A fact for every text, with it in every field that takes a text."""
    return [
        {
            **BY_HAND,
            "jurisdiction": text,
            "action": text,
            "summary": text,
            "rule": {"nationalities": [text], "regime": text},
        }
        for text in TEXTS
    ]


async def unharmed(door: Door) -> None:
    """The log is there and the server answers."""
    assert (await door.get("/events?limit=1")).status == 200


async def test_no_field_of_any_write_is_more_than_a_text(door: Door) -> None:
    for method, path, handler in routes(door):
        if method == "GET" or "/alerts/" in path or handler.opt["role"] == "public":
            continue
        for text in (SQL, "\x00"):
            body = dict.fromkeys(("name", "reason", "url", "text", "filter", "a", "b"), text)
            reply = await door.call(method, path.removeprefix("/"), json=body)
            assert reply.status < 500, (method, path, text, reply.data)
    for form in forms():
        assert problem(await door.post("/facts/policy", form))[:2] == (400, "refused")
    await unharmed(door)


async def test_every_parameter_is_no_more_than_a_text(door: Door) -> None:
    for method, path, handler in routes(door):
        if method != "GET" or path.endswith("/stream"):
            continue
        for named in handler.parsed_fn_signature.parameters.keys() - _GIVEN:
            address = f"/{path.removeprefix('/api/v1/')}"
            for text in (SQL, "9" * 40) if path.startswith("/api/v1/") else ():
                reply = await door.get(address, params={named: text})
                assert reply.status < 500, (path, named, text, reply.data)
    await unharmed(door)


async def test_a_body_over_the_limit_is_refused_and_so_is_a_list_of_a_million(door: Door) -> None:
    large = b'{"text": "' + b"a" * 10_000_001 + b'"}'
    reply = await door.call("POST", "/documents", data=io.BytesIO(large))
    assert problem(reply)[:2] == (413, "too-large")
    many = msgspec.json.encode({"drafts": [1] * 1_000_000})
    assert problem(await door.call("POST", "/drafts/accept", data=io.BytesIO(many)))[0] == 400
    many = msgspec.json.encode(
        {**BY_HAND, "jurisdiction": "EC", "action": "amended",
         "rule": {"nationalities": ["CN"] * 1_000_000, "regime": "visa-free"}}
    )  # fmt: skip
    refused = await door.call("POST", "/facts/policy", data=io.BytesIO(many))
    assert problem(refused) == (400, "refused", "rule.nationalities")
    await unharmed(door)


@pytest.mark.parametrize(
    "body",
    [LONE_SURROGATE, b"\xff\xfe", b"[" * 100_000, b"{}" * 10, b"", b"null", b'"\x00"'],
    ids=["half a character", "no UTF-8", "deep", "two", "empty", "null", "NUL"],
)
async def test_a_body_that_is_no_clean_json_is_refused(door: Door, body: bytes) -> None:
    assert problem(await door.call("POST", "/users", data=body))[:2] == (400, "refused")


async def test_cursors_that_were_tampered_with_are_refused_in_one_sentence(door: Door) -> None:
    for path in ("/timeline", "/policies", "/documents", "/drafts", "/conflicts", "/events"):
        for cursor in CURSORS:
            refused = await door.get(f"{path}?before={cursor}")
            assert problem(refused)[:2] == (400, "refused"), (path, cursor)
            assert "before" in refused.body["detail"]


async def test_no_path_leads_out_of_the_tree_or_the_evidence(door: Door) -> None:
    for path in PATHS:
        for below in ("log/tile/", "log/tile/entries/", "api/v1/documents/", "api/v1/events/"):
            reply = await door.call("GET", f"{below}{path}")
            assert reply.status in (400, 404, 405), (below, path, reply.data)
            assert b"root:" not in reply.data


async def test_tokens_of_every_role_end_when_they_expire_or_are_revoked(door: Door) -> None:
    users = door.parts.users
    for role in door.tokens:
        user = await users.named(role)
        token = await users.issue(user, "token")
        bearer = {"authorization": f"Bearer {token}"}
        assert (await door.get("/timeline", role=None, headers=bearer)).status == 200
        await door.parts.database.run(
            "update app.credential set expires_at = now() - %(gone)s where user_id = %(user)s",
            {"gone": timedelta(seconds=1), "user": user.id},
        )
        assert problem(await door.get("/timeline", role=None, headers=bearer))[0] == 401, role
        assert await users.revoke(token, "token")
        assert problem(await door.get("/timeline", role=None, headers=bearer))[0] == 401, role


async def test_a_cookie_alone_writes_nothing_anywhere(door: Door) -> None:
    session = await door.parts.users.issue(await door.parts.users.named("admin"), "session")
    cookie = {"cookie": f"{SESSION_COOKIE}={session}"}
    for method, path, handler in routes(door):
        if method != "GET" and handler.opt["role"] != "public":
            forged = await door.call(method, path.removeprefix("/"), role=None, headers=cookie)
            assert problem(forged)[0] == 401, path

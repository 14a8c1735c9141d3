"""Every route says the least role, and holds callers to it."""

import re
from collections.abc import Iterator

from litestar.handlers import HTTPRouteHandler

from tests.tracker.api.door import Door, problem
from tracker.api.access import ALLOWED, SESSION_COOKIE

SOME_ID = "018f0000-0000-7000-8000-000000000000"
OPEN = {"public", "local"}


def routes(door: Door) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Method, path and handler of every route that programs ask."""
    for route in door.app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if not isinstance(handler, HTTPRouteHandler):
                continue
            for method in handler.http_methods - {"OPTIONS"}:
                if route.path.startswith(("/api/", "/log/")):
                    yield str(method), re.sub(r"\{[^}]*\}", SOME_ID, route.path), handler


async def test_every_route_declares_its_least_role(door: Door) -> None:
    found = list(routes(door))
    assert len(found) > 40
    undeclared = [path for _, path, h in found if h.opt.get("role") not in {*ALLOWED, "public"}]
    assert not undeclared, f"say opt=READER, ANALYST or ADMIN: {undeclared}"


async def test_what_writes_is_never_open_to_readers(door: Door) -> None:
    lax = [
        path
        for method, path, handler in routes(door)
        if method != "GET" and handler.opt["role"] not in ("analyst", "admin")
    ]
    # Whoever watches may hold a filter against the past, and say that an alert was seen.
    own = {"/api/v1/subscriptions/backtest", f"/api/v1/alerts/{SOME_ID}/acknowledge"}
    assert set(lax) <= own


async def test_every_route_turns_away_whose_role_does_not_suffice(door: Door) -> None:
    tried = 0
    for method, path, handler in routes(door):
        least = handler.opt["role"]
        if least in OPEN:
            continue
        address = path.removeprefix("/")
        nobody = await door.call(method, address, role=None)
        assert problem(nobody) == (401, "unauthorized", None), path
        assert nobody.headers["WWW-Authenticate"].startswith("Bearer")
        for role in {"reader", "analyst", "auditor"} - set(ALLOWED[least]):
            refused = await door.call(method, address, role=role)
            assert problem(refused) == (403, "forbidden", None), (role, path)
            tried += 1
        for role in (*ALLOWED[least], "admin"):
            reply = await door.call(method, address, role=role)
            assert reply.status not in (401, 403), (role, path)
            assert reply.status < 500, (path, reply.data)
    assert tried > 20


async def test_a_token_that_nobody_has_is_refused(door: Door) -> None:
    for given in ("Bearer nonsense", "Bearer", "Basic YTpi", "Bearer é"):
        reply = await door.get("/timeline", role=None, headers={"authorization": given})
        assert problem(reply) == (401, "unauthorized", None), given


async def test_a_revoked_token_is_refused(door: Door) -> None:
    assert (await door.get("/timeline", role="reader")).status == 200
    await door.parts.users.revoke(door.tokens["reader"], "token")
    assert problem(await door.get("/timeline", role="reader"))[0] == 401


async def test_a_session_reads_but_does_not_write(door: Door) -> None:
    user = await door.parts.users.named("analyst")
    session = await door.parts.users.issue(user, "session")
    cookies = {"cookie": f"{SESSION_COOKIE}={session}"}
    assert (await door.get("/timeline", role=None, headers=cookies)).status == 200
    forged = await door.post("/facts/policy", {}, role=None, headers=cookies)
    assert problem(forged)[0] == 401
    stolen = {"authorization": f"Bearer {session}"}
    assert problem(await door.get("/timeline", role=None, headers=stolen))[0] == 401


async def test_health_asks_nobody_on_this_machine_but_whoever_comes_through_a_proxy(
    door: Door,
) -> None:
    assert (await door.get("/health", role=None)).status == 200
    proxied = {"x-forwarded-for": "203.0.113.9"}
    assert problem(await door.get("/health", role=None, headers=proxied))[0] == 401
    assert (await door.get("/health", role="reader", headers=proxied)).status == 200


async def test_every_answer_carries_the_security_headers(door: Door) -> None:
    for path in ("/health", "/nothing-here", "nothing-here", "/openapi.json"):
        reply = await door.get(path, role=None)
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in reply.headers["Content-Security-Policy"]


async def test_an_address_says_which_methods_it_takes(door: Door) -> None:
    reply = await door.call("OPTIONS", "/users", role=None)
    assert reply.status == 204
    assert "POST" in reply.headers["Allow"]

"""Signing in by a link that works once, and what everybody else sees."""

from litestar import Litestar
from litestar.testing import AsyncTestClient

from tracker.console.headers import CONTENT_SECURITY_POLICY
from tracker.console.site import ASSETS
from tracker.console.visits import COOKIE, csrf_token
from tracker.parts import Parts

Browser = AsyncTestClient[Litestar]


async def test_looking_at_a_login_link_does_not_use_it_up(parts: Parts, visitor: Browser) -> None:
    user = await parts.users.create("Rosa", "reader")
    token = await parts.users.issue(user, "login-link")
    for _ in range(2):
        assert "Sign in</button>" in (await visitor.get(f"/login?token={token}")).text
    answer = await visitor.post("/login", data={"token": token}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Rosa, reader" in (await visitor.get("/policy")).text


async def test_a_link_that_was_used_signs_nobody_in(parts: Parts, visitor: Browser) -> None:
    user = await parts.users.create("Rosa", "reader")
    token = await parts.users.issue(user, "login-link")
    await visitor.post("/login", data={"token": token}, follow_redirects=False)
    visitor.cookies.clear()
    answer = await visitor.post("/login", data={"token": token})
    assert answer.status_code == 401
    assert "This link was used before" in answer.text
    assert "tracker user login-link NAME" in answer.text


async def test_whoever_is_not_signed_in_is_told_how_to(visitor: Browser) -> None:
    for path in ("/", "/policy", "/policy/EC/CN", "/events", "/inbox"):
        answer = await visitor.get(path)
        assert answer.status_code == 401
        assert "tracker user login-link NAME" in answer.text
    visitor.cookies.set(COOKIE, "made-up")
    assert (await visitor.get("/policy")).status_code == 401


async def test_signing_out_ends_the_session_itself(
    parts: Parts, analyst: Browser, session: str
) -> None:
    await analyst.post("/logout", data={"csrf": csrf_token(session)})
    assert await parts.users.resolve(session, "session") is None


async def test_every_answer_carries_the_strict_policy(visitor: Browser) -> None:
    asset = ASSETS["console.css"].address
    for path in ("/policy", "/nowhere", "/login", asset, "/static/0000/console.css"):
        headers = (await visitor.get(path)).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


async def test_files_are_kept_by_browsers_for_as_long_as_they_stay_the_same(
    visitor: Browser,
) -> None:
    for asset in ASSETS.values():
        answer = await visitor.get(asset.address)
        assert answer.content == asset.content
        assert "immutable" in answer.headers["cache-control"]
    page = await visitor.get("/login")
    assert ASSETS["console.js"].address in page.text
    assert "no-cache" in page.headers["cache-control"]
    assert (await visitor.get("/static/0000/console.js")).status_code == 404


async def test_an_empty_log_opens_with_four_steps(analyst: Browser) -> None:
    page = (await analyst.get("/")).text
    assert page.count("<li") - page.count("<link") == 4
    for command in ("tracker feed add", "tracker record policy", "tracker subscribe"):
        assert command in page


async def test_a_database_that_is_away_is_a_page_and_not_a_fault(
    parts: Parts, analyst: Browser
) -> None:
    await parts.database.close()
    answer = await analyst.get("/policy")
    assert answer.status_code == 503
    assert "the database does not answer" in answer.text
    assert "nothing was lost" in answer.text

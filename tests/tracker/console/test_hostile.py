"""Forms of others, texts that are markup, paths that lead outside, and secrets that nobody notes."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from litestar.testing import AsyncTestClient

from tests.loopback import listening
from tests.tracker.console.conftest import Browser
from tests.tracker.console.everywhere import SOME_ID, crawl, everything, routes
from tests.tracker.console.world import sample
from tracker.console.visits import COOKIE, csrf_token
from tracker.parts import Parts
from tracker.tables.traits import Traits, set_traits
from tracker.web import application, serving

MARKUP = """<script src="//evil.example/x.js">alert(1)</script>"'><img src=x onerror=alert(1)>"""
OUTSIDE = ("..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cetc", "%00", "/etc/passwd",
           "0000/../../console/login.py", "0000/..%2flogin.py", "0000/console.css%00.png")  # fmt: skip


@pytest.fixture
async def owner(parts: Parts) -> str:
    """The session of an admin, whose every form is allowed."""
    return await parts.users.issue(await parts.users.create("Ada", "admin"), "session")


@pytest.fixture
async def admin(parts: Parts, owner: str) -> AsyncIterator[Browser]:
    """The admin's browser, without a screen."""
    async with AsyncTestClient(application(parts)) as client:
        client.cookies.set(COOKIE, owner)
        yield client


def posts() -> list[str]:
    """The address of every form, with ids of nothing."""
    return [re.sub(r"\{.*?\}", SOME_ID, pattern) for pattern in routes("POST")]


async def test_no_form_is_taken_without_the_token_of_its_own_session(
    parts: Parts, admin: Browser, owner: str, session: str
) -> None:
    addresses = [address for address in posts() if address != "/login"]
    assert len(addresses) > 30
    half = csrf_token(owner, "salt").rpartition("|")[0]
    tokens = (None, "", "x", csrf_token(session), csrf_token(""), f"{half}|", f"é|{'0' * 64}")
    for address in addresses:
        for token in tokens:
            fields = {} if token is None else {"csrf": token}
            answer = await admin.post(address, data=fields, follow_redirects=False)
            assert answer.status_code == 403, (address, token, answer.status_code)
            assert "the form has expired" in answer.text
    assert (await parts.users.resolve(owner, "session")) is not None
    assert await parts.reader.head() == 0


async def test_no_form_is_taken_from_another_site_or_from_nobody(
    parts: Parts, admin: Browser, visitor: Browser, owner: str
) -> None:
    for address in posts():
        for site in ("cross-site", "same-site", "nonsense"):
            given = {"csrf": csrf_token(owner), "token": "x"}
            answer = await admin.post(address, data=given, headers={"sec-fetch-site": site})
            assert answer.status_code == 403, (address, site)
            assert "sent from another site" in answer.text
        nobody = await visitor.post(address, data={"csrf": csrf_token("")})
        assert nobody.status_code == 401, address
    assert await parts.reader.head() == 0


async def test_no_text_becomes_markup_on_any_page(parts: Parts, admin: Browser, owner: str) -> None:
    ada = await parts.users.resolve(owner, "session")
    assert ada is not None
    await sample(parts)
    await set_traits(parts.database, Traits(MARKUP, "recorded"))
    await parts.users.create(MARKUP, "analyst")
    await everything(parts, MARKUP, ada)
    pages = await crawl(admin)
    assert len(pages) > 50
    said = [address for address, page in pages.items() if "&lt;script" in page]
    assert len(said) > 25
    for address, page in pages.items():
        scripts = re.findall(r"<script[^>]*>", page)
        assert len(scripts) == 1, address
        assert scripts[0].startswith('<script src="/static/'), address
        assert "<img" not in page, address
        assert "</script>alert" not in page, address
    for name in ("destination", "nationality", "valid_at", "known_at", "basis"):
        wrong = await admin.get("/policy", params={name: MARKUP})
        assert len(re.findall("<script", wrong.text)) == 1, name


async def test_no_address_leads_out_of_the_files_or_the_documents(admin: Browser) -> None:
    for path in OUTSIDE:
        for below in ("static", "documents", "incidents", "record"):
            answer = await admin.get(f"/{below}/{path}", follow_redirects=False)
            assert answer.status_code in (400, 404, 405), (below, path, answer.status_code)
            assert "root:" not in answer.text
            assert "import " not in answer.text


async def test_a_token_in_an_address_or_a_form_stands_in_no_line_of_a_log(
    parts: Parts, session: str, caplog: pytest.LogCaptureFixture
) -> None:
    user = await parts.users.create("Rosa", "reader")
    token = await parts.users.issue(user, "login-link")
    listener = listening()
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # The client of this test notes what it asks for; that is not ours.
    for ours in ("httpx", "httpcore"):
        caplog.set_level(logging.CRITICAL, logger=ours)
    caplog.set_level(logging.DEBUG)
    async with (
        serving(application(parts), listener, asyncio.Event()),
        httpx.AsyncClient(base_url=base, cookies={COOKIE: session}) as client,
    ):
        assert (await client.get("/login", params={"token": token})).status_code == 200
        assert (await client.post("/login", data={"token": token})).status_code == 303
        assert (await client.post("/login", data={"token": token})).status_code == 401
        await parts.database.close()
        assert (await client.get("/login", params={"token": token})).status_code == 503
    for secret in (token, session):
        assert secret not in caplog.text

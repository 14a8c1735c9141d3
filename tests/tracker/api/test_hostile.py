"""What is sent to do harm is refused in one sentence, or kept as the text that it is."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest
import pytest_asyncio
from yarl import URL

from tests.conftest import cloned
from tests.place import Cluster
from tests.tracker.api.conftest import opened
from tests.tracker.api.door import BY_HAND, Door, problem
from tests.tracker.api.hostile import Attack, attacks
from tests.tracker.api.test_access import routes
from tests.tracker.api.world import world
from tests.tracker.console.everywhere import routes as pages_of
from tracker.api.access import SESSION_COOKIE
from tracker.api.problems import PROGRAMS
from tracker.api.rates import RATES, Rates

# One server for all: what one test does to it is no better for the next.
pytestmark = pytest.mark.asyncio(loop_scope="module")

LONE_SURROGATE = b'{"name": "\\ud800", "role": "reader"}'
PATHS = (
    "../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/etc/passwd",
    "0/..%5c..%5cetc",
    "0/x001/../../967",
    "/etc/passwd",
    "0/%00",
)
CURSORS = ("-1", "1.5", "9" * 40, "1;drop", "%00", "eyJhIjoxfQ==")
_AT_ONCE = 8
_LONGEST = 1000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    """One server for all that is tried here."""
    with cloned(server, tmp_path_factory.mktemp("hostile"), __name__) as place:
        async with opened(place) as door:
            door.app.state[RATES] = Rates(0)
            yield door


async def unharmed(door: Door) -> None:
    """The log is there and the server answers."""
    assert (await door.get("/events?limit=1")).status == 200


async def _answered(door: Door, attack: Attack) -> int:
    """The status of the answer, which is no fault and says what is wrong in one clear sentence."""
    url = URL(f"{door.base}{attack.path}", encoded=True)
    reply = await door.call(attack.method, url, headers=attack.headers, data=attack.data)
    assert reply.status < 500, (str(attack), reply.data)
    if reply.status >= 400 and attack.path.startswith(PROGRAMS):
        problem(reply)
        said = reply.body["detail"]
        assert len(said) <= _LONGEST, (str(attack), said)
        assert said.isprintable(), (str(attack), said)
    return reply.status


async def test_no_text_anywhere_is_more_than_a_text(door: Door) -> None:
    known = await world(door)
    known["path.user"] = str((await door.parts.users.named("reader")).id)
    document = (await door.get("/openapi.json")).body
    tried = list(attacks(document, known))
    assert len({(a.method, a.place) for a in tried}) > 100
    waiting, statuses = iter(tried), dict[int, int]()

    async def some() -> None:
        for attack in waiting:
            status = await _answered(door, attack)
            statuses[status] = statuses.get(status, 0) + 1

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(some())
    # Some of it was looked at in earnest, and kept.
    assert statuses[201] > 30
    await unharmed(door)
    await door.parts.settle()


async def test_what_was_stored_is_shown_as_the_text_that_it_is(door: Door) -> None:
    session = await door.parts.users.issue(await door.parts.users.named("admin"), "session")
    cookie = {"cookie": f"{SESSION_COOKIE}={session}"}
    head = await door.parts.reader.head()
    pages = [page.lstrip("/") for page in pages_of("GET") if "{" not in page]
    shown = 0
    for page in (*pages, *(f"events/{position}" for position in range(1, head + 1, 19))):
        reply = await door.call("GET", page, role=None, headers=cookie)
        assert reply.status < 500, page
        assert b"<script>" not in reply.data, page
        assert b"<img src=x" not in reply.data, page
        shown += b"&lt;script&gt;alert" in reply.data
    assert shown > 5


async def test_a_body_over_the_limit_is_refused_and_so_is_a_list_of_a_million(door: Door) -> None:
    large = b'{"text": "' + b"a" * 10_000_001 + b'"}'
    reply = await door.call("POST", "/documents", data=io.BytesIO(large))
    assert problem(reply)[:2] == (413, "too-large")
    million = f"[{','.join(['1'] * 1_000_000)}]"
    many = f'{{"drafts": {million}}}'.encode()
    assert problem(await door.call("POST", "/drafts/accept", data=io.BytesIO(many)))[0] == 400
    codes = ["CN"] * 1_000_000
    rule = {"nationalities": codes, "regime": "visa-free"}
    fact = {**BY_HAND, "jurisdiction": "EC", "action": "amended", "rule": rule}
    many = msgspec.json.encode(fact)
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

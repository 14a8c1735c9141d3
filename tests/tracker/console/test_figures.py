"""Figures, calendar, conflicts, incidents, statements, audit and users, by plain forms."""

import re
from typing import Any

import psycopg
import pytest

from tests.place import Place
from tests.tracker.console.conftest import Browser
from tests.tracker.console.world import recorded, sample
from tracker.console.visits import COOKIE, csrf_token
from tracker.parts import Parts

SERIES = "/stats/series?metric=border-entries&geography=EC&counterpart=CN"
HAND = {"first_hand": "seen by the test"}


@pytest.fixture
async def admin(parts: Parts, analyst: Browser) -> Browser:
    """The browser with an admin called Ada."""
    session = await parts.users.issue(await parts.users.create("Ada", "admin"), "session")
    analyst.cookies.set(COOKIE, session)
    return analyst


def form(browser: Browser, **fields: Any) -> dict[str, Any]:
    """The fields of a form with the token of the session."""
    return {"csrf": csrf_token(browser.cookies[COOKIE]), **fields}


async def test_a_series_shows_claims_and_why_they_cannot_be_compared(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    listed = (await analyst.get("/stats")).text
    assert re.search(r"Border entries</th>.*Ecuador · China", listed)
    page = (await analyst.get(SERIES)).text
    assert "Not comparable" in page
    assert "different periods" in page
    assert "about 50,000" in page
    assert "2 independent origins in all" in page
    missing = await analyst.get("/stats/series?metric=border-entries&geography=FR")
    assert missing.status_code == 404
    assert "no figure is on record" in missing.text


async def test_a_conflict_is_settled_with_a_reason_and_stays_on_record(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    page = (await analyst.get("/conflicts")).text
    assert "1 open" in page
    a, b = re.findall(r'name="[ab]" value="([^"]+)"', page)
    fields = form(analyst, a=a, b=b, kind="not-comparable", reason="two periods")
    refused = await analyst.post("/conflicts", data={**fields, "csrf": "x"})
    assert refused.status_code == 403
    assert (await analyst.post("/conflicts", data=fields)).status_code == 200
    assert "Nothing disagrees" in (await analyst.get("/conflicts")).text
    assert "two periods" in (await analyst.get("/conflicts?status=resolved")).text
    again = await analyst.post("/conflicts", data=fields)
    assert again.status_code == 409


async def test_incidents_say_what_is_not_known_and_statements_stand_together(
    parts: Parts, analyst: Browser
) -> None:
    assert "No incident is on record yet" in (await analyst.get("/incidents")).text
    said = {"speaker": "Lin Jian", "verbatim": "verbatim", "said_on": "2024-06-18", **HAND}
    for text in ("China regrets this.", "Exchanges go on."):
        await recorded(parts, "statement", text=text, **said)
    place = {"country": "PA", "name": "Darién"}
    await recorded(
        parts, "incident", incident_type="robbery", occurred="2023", place=place,
        actors=["Gulf Clan"], **HAND,
    )  # fmt: skip
    await parts.settle()
    listed = (await analyst.get("/incidents?country=PA")).text
    assert "not known" in listed
    (incident,) = re.findall(r'href="(/incidents/[^"]+)"', listed)
    told = (await analyst.get(incident)).text
    assert "Gulf Clan" in told
    assert "is not zero" in told
    statements = (await analyst.get("/statements?speaker=lin%20jian")).text
    assert statements.count("Lin Jian <span") == 1
    assert statements.count("<blockquote") == 2
    nobody = await analyst.get("/statements?speaker=Nobody")
    assert nobody.status_code == 400


async def test_the_calendar_shows_what_comes_and_everything_when_asked(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    assert "2024-07-01" not in (await analyst.get("/calendar")).text
    everything = (await analyst.get("/calendar?all=1")).text
    assert "July 2024" in everything
    assert "days of notice" in everything
    wrong = await analyst.get("/calendar?from=someday")
    assert wrong.status_code == 400
    assert "from" in wrong.text


async def test_an_altered_event_is_named_by_its_position(
    parts: Parts, admin: Browser, place: Place
) -> None:
    await sample(parts)
    assert "Signed:" in (await admin.post("/audit/checkpoint", data=form(admin))).text
    fine = (await admin.post("/audit/verify", data=form(admin))).text
    assert "All fits." in fine
    assert "1 signed checkpoint says the same" in fine
    with psycopg.connect(place.superuser_url, autocommit=True) as insider:
        insider.execute("set session_replication_role = replica")
        insider.execute("update log.event set leaf = leaf || ' '::bytea where position = 7")
    told = (await admin.post("/audit/verify", data=form(admin))).text
    assert "the event at position 7 does not have the hash" in told


async def test_a_replay_shows_each_event_of_a_tag_with_what_it_changed(
    parts: Parts, analyst: Browser
) -> None:
    await sample(parts)
    first = (await analyst.get("/audit/replay?tag=rule:EC")).text
    assert "1 of 4" in first
    assert "Unknown → Visa-free" in first
    last = (await analyst.get("/audit/replay?tag=rule:EC&step=99")).text
    assert "4 of 4" in last
    before, _, raw = last.partition("As JSON")
    assert ("&#34;decided_by&#34;" in before, "&#34;decided_by&#34;" in raw) == (False, True)
    whole = (await analyst.get("/audit/replay?tag=rule:EC&all=1")).text
    assert whole.count('<article class="step">') == 4
    assert "As JSON" not in whole
    assert "No event has the tag" in (await analyst.get("/audit/replay?tag=rule:XX")).text
    assert (await analyst.get("/audit/replay")).status_code == 400


async def test_users_are_let_in_changed_and_shut_out_by_admins_alone(
    parts: Parts, admin: Browser, visitor: Browser
) -> None:
    added = await admin.post("/users", data=form(admin, name="Bea", role="reader"))
    (link,) = re.findall(r"/login\?token=(\w+)", added.text)
    bea = await parts.users.named("Bea")
    token = await admin.post(f"/users/{bea.id}/token", data=form(admin, label="desk", days="7"))
    (secret,) = re.findall(r"<code>(\w{48})</code>", token.text)
    assert await parts.users.resolve(secret, "token") == bea
    await admin.post(f"/users/{bea.id}/role", data=form(admin, role="auditor"))
    assert (await parts.users.named("Bea")).role == "auditor"
    ended = await admin.post(f"/users/{bea.id}/revoke", data=form(admin))
    assert "2 of Bea ended" in ended.text
    assert await parts.users.resolve(secret, "token") is None
    assert await parts.users.redeem(link) is None
    wrong = await admin.post(f"/users/{bea.id}/role", data=form(admin, role="system"))
    assert wrong.status_code == 400
    session = await parts.users.issue(bea, "session")
    visitor.cookies.set(COOKIE, session)
    assert (await visitor.get("/users")).status_code == 403
    assert 'href="/users"' not in (await visitor.get("/audit")).text

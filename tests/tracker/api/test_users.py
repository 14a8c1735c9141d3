"""Users, health and the description of the API."""

from tests.tracker.api.door import Door, problem


async def test_an_admin_lets_somebody_in(door: Door) -> None:
    made = (await door.post("/users", {"name": "Ana", "role": "reader"})).written
    token = (await door.post(f"/users/{made['id']}/tokens", {"label": "laptop"})).written
    headers = {"authorization": f"Bearer {token['token']}"}
    assert (await door.get("/timeline", role=None, headers=headers)).status == 200
    listed = await door.get("/users")
    assert {u["name"]: u["role"] for u in listed.body["users"]}["Ana"] == "reader"
    assert token["token"].encode() not in listed.data
    assert listed.headers["Cache-Control"] == "no-store"


async def test_a_user_that_is_wrong_is_refused(door: Door) -> None:
    for user, status in (
        ({"name": "reader", "role": "reader"}, 409),
        ({"name": " ", "role": "reader"}, 400),
        ({"name": "a\x00", "role": "reader"}, 400),
        ({"name": "Ana", "role": "system"}, 400),
        ({"name": "Ana", "role": "king"}, 400),
        ({"name": "Ana"}, 400),
    ):
        assert problem(await door.post("/users", user))[0] == status, user
    nobody = "/users/018f0000-0000-7000-8000-000000000000/tokens"
    assert problem(await door.post(nobody))[:2] == (404, "not-found")


async def test_health_tells_of_views_that_lag_or_stand_still(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    healthy = (await door.get("/health")).body
    assert (healthy["status"], healthy["position"]) == ("ok", 1)
    assert {view["lag"] for view in healthy["views"]} == {0}
    async with door.parts.view_database.connection() as connection:
        await connection.execute(
            "update view.checkpoint set halted = 'event 2: odd' where name = 'inbox'"
        )
        await connection.execute(
            "insert into view.dead_letter (name, position, reason) values ('inbox', 2, 'odd')"
        )
    sick = (await door.get("/health")).body
    assert sick["status"] == "degraded"
    assert [v["view"] for v in sick["views"] if v["halted"]] == ["inbox"]
    assert [(d["view"], d["position"]) for d in sick["dead_letters"]] == [("inbox", 2)]


async def test_the_api_describes_itself(door: Door) -> None:
    document = (await door.get("/openapi.json", role=None)).body
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/entry-rules/{destination}/{nationality}" in document["paths"]
    cell = document["paths"]["/api/v1/entry-rules/{destination}/{nationality}"]["get"]
    assert {p["name"] for p in cell["parameters"]} >= {
        "valid_at", "known_at", "basis", "min_position", "passport_type", "purpose",
    }  # fmt: skip


async def test_the_page_of_the_api_loads_nothing_from_elsewhere(door: Door) -> None:
    page = await door.get("/docs", role=None)
    assert page.status == 200
    assert b"/api/v1/entry-rules/{destination}/{nationality}" in page.data
    for loading in (b"<script", b"<style", b"<link", b"src=", b"http://", b"https://"):
        assert loading not in page.data


async def test_the_page_of_the_api_says_what_a_request_brings(door: Door) -> None:
    page = (await door.get("/docs", role=None)).data.decode()
    _, _, feeds = page.partition('<h2 id="post:/api/v1/feeds">')
    _, _, policies = page.partition('<h2 id="post:/api/v1/policies">')
    _, _, accept = page.partition('<h2 id="post:/api/v1/drafts/{draft}/accept">')
    assert "<p>Body: JSON with</p><ul><li><code>url</code> (required)</li>" in feeds
    assert "<p>Body: The fields of the fact as `/facts/types` lists them" in policies
    assert "<p>Body (optional): JSON with</p><ul>" in accept

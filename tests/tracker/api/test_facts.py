"""Facts by hand: one handler for every kind, safe to send again."""

from tests.tracker.api.door import BY_HAND, Door, problem

STATEMENT = {
    "speaker": "Gabriela Sommerfeld",
    "organisation": "Ministry of Foreign Affairs",
    "role": "foreign minister",
    "said_on": "2024-06-18",
    "text": "The agreement is suspended.",
    "verbatim": "verbatim",
    "country": "EC",
    **BY_HAND,
}
STATISTIC = {
    "metric": "border-entries",
    "comparator": "~",
    "value": "48000",
    "geography": "EC",
    "counterpart": "CN",
    "period": "2023",
    **BY_HAND,
}


async def test_a_write_says_which_event_it_led_to_and_where(door: Door) -> None:
    reply = await door.post("/statements", STATEMENT)
    written = reply.written
    assert [e["type"] for e in written["events"]] == [
        "party-named",
        "party-named",
        "statement-made",
    ]
    assert (written["type"], written["position"], written["repeated"]) == (
        "statement-made",
        3,
        False,
    )
    assert reply.headers["Tracker-Position"] == "3"
    assert reply.headers["Location"] == f"/api/v1/events/{written['event']}"
    body = (await door.get(f"/events/{written['event']}")).body
    assert body["payload"]["text"] == "The agreement is suspended."
    assert (await door.get("/events/3")).body == body
    user = await door.parts.users.named("admin")
    assert body["actor"]["user"] == str(user.id)


async def test_statements_are_listed_with_the_names_of_their_speakers(door: Door) -> None:
    await door.record("statement", **STATEMENT)
    await door.record("statement", **{**STATEMENT, "text": "It was abused.", "country": "PE"})
    body = (await door.get("/statements?country_code=ECU")).body
    [statement] = body["statements"]
    assert body["names"][statement["speaker"]] == "Gabriela Sommerfeld"
    page = (await door.get("/statements?limit=1")).body
    assert [s["text"] for s in page["statements"]] == ["It was abused."]
    rest = (await door.get(f"/statements?limit=1&before={page['next']}")).body
    assert [s["text"] for s in rest["statements"]] == ["The agreement is suspended."]
    by_speaker = (await door.get(f"/statements?speaker={statement['speaker']}")).body
    assert len(by_speaker["statements"]) == 2


async def test_statistics_are_listed_with_their_bounds(door: Door) -> None:
    await door.record("statistic", **STATISTIC)
    [figure] = (await door.get("/statistics?geography=EC&counterpart=CHN")).body["statistics"]
    assert (figure["value"], figure["comparator"]) == ("48000", "~")
    assert (figure["lower"], figure["upper"]) == ("47500", "48500")
    assert (await door.get("/statistics?geography=PE")).body["statistics"] == []


async def test_the_timeline_is_filtered_and_paged(door: Door) -> None:
    document, _ = await door.document("Visa-free entry is suspended.", title="Suspension")
    cited = [{"document": document, "quote": "suspended"}]
    await door.change("visa-free", "2016-08-01")
    await door.change("visa-free-suspended", "2024-07-01", citations=cited)
    everything = (await door.get("/timeline")).body
    assert [e["position"] for e in everything["events"]] == [3, 2, 1]
    assert everything["next"] is None
    changes = (await door.get("/timeline?type=policy-changed&country=ECU&limit=1")).body
    assert [e["position"] for e in changes["events"]] == [3]
    older = (
        await door.get(f"/timeline?type=policy-changed&country=ECU&before={changes['next']}")
    ).body
    assert [e["position"] for e in older["events"]] == [2]
    of_document = (await door.get(f"/timeline?document={document}")).body
    assert [e["position"] for e in of_document["events"]] == [3, 1]
    assert "suspended" in everything["events"][0]["headline"]


async def test_every_kind_of_fact_is_taken_by_word_and_by_type(door: Door) -> None:
    for name in ("statistic", "statistic-published"):
        assert (await door.post(f"/facts/{name}", STATISTIC)).written["type"] == (
            "statistic-published"
        )
    assert problem(await door.post("/facts/rumour", STATISTIC)) == (404, "not-found", "type")
    assert problem(await door.post("/facts/feed-added", STATISTIC)) == (404, "not-found", "type")


async def test_forms_say_what_each_field_may_hold(door: Door) -> None:
    forms = {form["name"]: form for form in (await door.get("/facts/types")).body["types"]}
    policy = {field["name"]: field for field in forms["policy"]["fields"]}
    assert forms["policy"]["type"] == "policy-changed"
    place = policy["jurisdiction"]
    assert (place["kind"], place["required"]) == ("jurisdiction", True)
    assert policy["effective_from"]["kind"] == "edtf"
    assert "suspended" in policy["action"]["choices"]
    rule = {field["name"]: field for field in policy["rule"]["fields"]}
    assert (rule["nationalities"]["kind"], rule["nationalities"]["many"]) == ("nationality", True)
    assert rule["max_stay_days"]["kind"] == "int"


async def test_a_request_sent_again_with_its_key_is_done_once(door: Door) -> None:
    key = {"Idempotency-Key": "monday-1"}
    first = (await door.post("/statements", STATEMENT, headers=key)).written
    again = (await door.post("/statements", STATEMENT, headers=key)).written
    assert again["event"] == first["event"]
    assert again["repeated"]
    assert await door.parts.reader.head() == first["position"]
    other = await door.post("/statistics", STATISTIC, headers=key)
    assert problem(other)[:2] == (409, "conflict")
    someone = await door.post("/statistics", STATISTIC, headers=key, role="analyst")
    assert someone.written["type"] == "statistic-published"


async def test_parties_are_named_and_listed(door: Door) -> None:
    named = {"kind": "organisation", "names": ["Clan del Golfo", "Gulf Clan"], "country": "CO"}
    await door.post("/parties", named)
    await door.parts.settle()
    [party] = (await door.get("/parties?kind=organisation&country_code=COL")).body["parties"]
    assert party["names"] == ["Clan del Golfo", "Gulf Clan"]
    assert problem(await door.post("/parties", named)) == (400, "refused", "names")
    assert (await door.get("/parties?kind=person")).body["parties"] == []


async def test_events_are_found_by_tag_type_and_place(door: Door) -> None:
    for year in ("2016", "2018", "2020"):
        await door.change("visa-free", year)
    await door.record("statistic", **STATISTIC)
    asked = "/events?tag=rule:EC&type=policy-changed"
    page = (await door.get(f"{asked}&limit=2")).body
    assert [e["position"] for e in page["events"]] == [1, 2]
    rest = (await door.get(f"{asked}&limit=2&after={page['next']}")).body
    assert [e["position"] for e in rest["events"]] == [3]
    back = (await door.get("/events?backwards=true&limit=2")).body
    assert [e["position"] for e in back["events"]] == [4, 3]
    older = (await door.get(f"/events?backwards=true&before={back['next']}")).body
    assert [e["position"] for e in older["events"]] == [2, 1]


async def test_two_figures_of_different_periods_are_shown_side_by_side_with_the_reason(
    door: Door,
) -> None:
    figure = {"metric": "border-entries", "geography": "EC", "counterpart": "CN",
              "comparator": "=", "first_hand": "for the test"}  # fmt: skip
    first = await door.post("/statistics", {**figure, "value": "50000", "period": "2023"})
    second = await door.post(
        "/statistics", {**figure, "value": "66000", "period": "2023-01/2024-06~"}
    )
    await door.parts.settle()

    found = await door.get(
        "/statistics/comparisons?metric=border-entries&geography=EC&counterpart=CN"
    )

    assert [s["value"] for s in found.body["statistics"]] == ["66000", "50000"]
    [differs] = found.body["disagreements"]
    assert {differs["a"], differs["b"]} == {first.body["event"], second.body["event"]}
    assert differs["kind"] == "not-comparable"
    assert "different periods" in differs["reason"]

"""Cells, rows and columns over HTTP, on both clocks."""

from tests.tracker.api.door import Door, problem

CELL = "/entry-rules/EC/CN"


async def seeds(door: Door) -> None:
    """Ecuador for Chinese passports as the three seed reports tell it."""
    for seen in ("2024-05-20", "2024-05-21"):
        await door.record(
            "observation",
            jurisdiction="EC",
            observed_on=seen,
            known_since=seen,
            rule={"nationalities": ["CN"], "regime": "visa-free"},
        )
    await door.change(
        "visa-free-suspended",
        "2024-07-01",
        action="suspended",
        announced_on="2024-06-18",
        known_since="2024-06-19",
    )
    await door.change("visa-free", "2016-08", action="introduced", known_since="2024-06-19")


async def test_the_acceptance_table_holds_over_http(door: Door) -> None:
    await seeds(door)
    table = (
        ("2016-07-15", "2024-06-19", "unknown"),
        ("2016-09-01", "2024-05-21", "unknown"),
        ("2016-09-01", "2024-06-19", "visa-free"),
        ("2024-05-20", "2024-05-19", "unknown"),
        ("2024-05-20", "2024-05-20", "visa-free"),
        ("2024-06-30", "2024-06-19", "visa-free"),
        ("2024-07-01", "2024-05-21", "visa-free"),
        ("2024-07-01", "2024-06-19", "visa-free-suspended"),
    )
    for valid_at, known_at, regime in table:
        clocks = {"valid_at": valid_at, "known_at": known_at, "basis": "published"}
        body = (await door.get(CELL, params=clocks)).body
        assert (body["valid_at"], body["known_at"], body["basis"]) == (*clocks.values(),)
        assert body["regime"] == regime, clocks


async def test_a_cell_says_all_that_a_counter_needs(door: Door) -> None:
    await seeds(door)
    reply = await door.get(CELL, params={"valid_at": "2024-07-01"})
    body = reply.body
    assert body["requires"] == "visa"
    assert body["implied"] == "visa-required"
    assert body["announced_on"] == "2024-06-18"
    assert (body["since"], body["until"], body["pending"]) == ("2024-07-01", None, None)
    assert (body["disputed"], body["drafts_waiting"]) == (False, 0)
    assert (body["position"], body["known_position"]) == (3, 4)
    assert reply.headers["Tracker-Position"] == "4"
    deciding = (await door.get(f"/events/{body['decided_by']}")).body
    assert deciding["payload"]["action"] == "suspended"


async def test_earlier_answers_are_kept_by_position(door: Door) -> None:
    await seeds(door)
    asked = {"valid_at": "2024-07-01", "known_at": "2"}
    body = (await door.get(CELL, params=asked)).body
    assert (body["regime"], body["known_position"]) == ("visa-free", 2)


async def test_a_position_that_the_log_has_not_reached_is_refused(door: Door) -> None:
    await seeds(door)
    reply = await door.get(CELL, params={"known_at": "2024"})
    assert problem(reply) == (400, "refused", "known_at")
    assert "the log ends at 4" in reply.body["detail"]


async def test_codes_may_be_alpha_3_and_in_any_case(door: Door) -> None:
    body = (await door.get("/entry-rules/ecu/chn")).body
    assert (body["destination"], body["nationality"]) == ("EC", "CN")
    assert body["regime"] == "unknown"


async def test_each_clock_and_code_that_is_wrong_is_named(door: Door) -> None:
    for path, params, field in (
        ("/entry-rules/XX/CN", {}, "destination"),
        ("/entry-rules/EC/X1", {}, "nationality"),
        ("/entry-rules/EC", {"valid_at": "2024-02-30"}, "valid_at"),
        (CELL, {"valid_at": "2024-02-30"}, "valid_at"),
        (CELL, {"known_at": "yesterday"}, "known_at"),
        (CELL, {"known_at": "²"}, "known_at"),
        (CELL, {"known_at": "9" * 5000}, "known_at"),
        (CELL, {"basis": "guessed"}, "basis"),
        (CELL, {"known_at": "3", "basis": "published"}, "known_at"),
        (CELL, {"purpose": "espionage"}, "purpose"),
        (CELL, {"min_position": "-1"}, "min_position"),
        (CELL, {"min_position": "99"}, "min_position"),
        ("/entry-rules", {"basis": "published"}, "basis"),
    ):
        assert problem(await door.get(path, params=params)) == (400, "refused", field), params


async def test_the_history_of_a_cell_leaves_no_gap(door: Door) -> None:
    await seeds(door)
    body = (await door.get(f"{CELL}/history")).body
    assert [(s["from"], s["until"], s["regime"]) for s in body["segments"]] == [
        (None, "2016-07-31", "unknown"),
        ("2016-08-01", "2024-06-30", "visa-free"),
        ("2024-07-01", None, "visa-free-suspended"),
    ]


async def test_why_gives_quote_and_chain_and_what_disagrees(door: Door) -> None:
    text = "From 1 July, officials said, visa-free entry is suspended."
    document, _ = await door.document(text, title="Suspension")
    hop = {"agent": "Foreign ministry", "relation": "quotes", "basis": "stated"}
    cited = {"document": document, "quote": "visa-free entry is suspended", "attribution": [hop]}
    await door.change("visa-free", "2016-08-01")
    suspended = await door.change("visa-free-suspended", "2024-07-01", citations=[cited])
    seen = await door.record(
        "observation",
        jurisdiction="EC",
        observed_on="2024-08-01",
        rule={"nationalities": ["CN"], "regime": "visa-free"},
    )
    body = (await door.get(f"{CELL}/why", params={"valid_at": "2024-09-01"})).body
    assert body["answer"]["regime"] == "visa-free-suspended"
    assert body["decided_by"]["event"] == suspended["event"]
    citation = body["decided_by"]["citations"][0]
    assert citation["quote"] == "visa-free entry is suspended"
    assert citation["attribution"][0]["agent"] == "Foreign ministry"
    assert [s["event"] for s in body["disagrees"]] == [seen["event"]]
    assert [s["regime"] for s in body["overrode"]] == ["visa-free", "visa-free"]


async def test_rows_and_columns_hold_the_cells_with_facts(door: Door) -> None:
    await door.change("visa-free", "2016-08-01", rule={"nationalities": ["CN", "PE"]})
    await door.change("entry-ban", "2020-01-01", jurisdiction="PE")
    row = (await door.get("/entry-rules/EC", params={"valid_at": "2024-01-01"})).body
    assert {r["nationality"]: r["regime"] for r in row["rules"]} == {
        "CN": "visa-free",
        "PE": "visa-free",
    }
    column = (await door.get("/entry-rules?nationality=CHN&valid_at=2024-01-01")).body
    assert {r["destination"]: r["regime"] for r in column["rules"]} == {
        "EC": "visa-free",
        "PE": "entry-ban",
    }


async def test_an_unchanged_answer_costs_a_304(door: Door) -> None:
    await seeds(door)
    params = {"valid_at": "2024-07-01"}
    first = await door.get(CELL, params=params)
    known = {"If-None-Match": f'"other", {first.headers["ETag"]}'}
    again = await door.get(CELL, params=params, headers=known)
    assert (again.status, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Tracker-Position"] == "4"
    other = await door.get(CELL, params={"valid_at": "2016-01-01"}, headers=known)
    assert other.status == 200
    await door.change("visa-required", "2024-08-01")
    assert (await door.get(CELL, params=params, headers=known)).status == 200


async def test_what_time_alone_may_change_has_no_etag(door: Door) -> None:
    now = await door.get(CELL, params={"basis": "published"})
    assert "ETag" not in now.headers
    then = await door.get(CELL, params={"basis": "published", "known_at": "2024-06-19"})
    assert "ETag" in then.headers


async def test_a_read_waits_for_the_position_of_a_write(door: Door) -> None:
    rule = {"nationalities": ["CN"], "regime": "visa-free"}
    fields = {"jurisdiction": "EC", "action": "introduced", "rule": rule, "first_hand": "seen"}
    written = (await door.post("/policies", fields)).written
    await door.parts.runner.catch_up()
    body = (await door.get(CELL, params={"min_position": written["position"]})).body
    assert body["known_position"] >= written["position"]
    assert body["pending"]["to"] == "visa-free"


async def test_a_view_that_stands_still_is_told_and_not_waited_for(door: Door) -> None:
    await door.change("visa-free", "2016-08-01")
    async with door.parts.view_database.connection() as connection:
        await connection.execute("update view.checkpoint set halted = 'event 2: odd'")
    rule = {"nationalities": ["CN"], "regime": "entry-ban"}
    fields = {"jurisdiction": "EC", "action": "amended", "rule": rule, "first_hand": "seen"}
    written = (await door.post("/policies", fields)).written
    late = await door.get(CELL, params={"min_position": written["position"]})
    assert problem(late) == (503, "unavailable", None)
    assert late.headers["Retry-After"] == "2"
    assert (await door.get(CELL)).body["known_position"] == written["position"] - 1


async def test_the_whole_table_is_given_as_indexes_into_the_regimes(door: Door) -> None:
    await seeds(door)
    body = (await door.get("/entry-rules", params={"valid_at": "2024-07-01"})).body
    assert (body["destinations"], body["nationalities"]) == (["EC"], ["CN"])
    assert body["regimes"][body["cells"][0][0]] == "visa-free-suspended"
    assert (body["basis"], body["known_position"]) == ("recorded", 4)
    before = (await door.get("/entry-rules?valid_at=2024-07-01&known_at=2")).body
    assert before["regimes"][before["cells"][0][0]] == "visa-free"


async def test_many_cells_are_looked_up_at_once_and_each_says_by_itself_why_not(
    door: Door,
) -> None:
    await door.change("visa-required", "2024-07-01")
    asked = "cell=EC:CN&cell=ECU:CHN&cell=EC:D&cell=EC:GBN&cell=EC&cell=ZZ:CN"
    reply = await door.get(f"/entry-rules/lookup?{asked}&valid_at=2024-08-01")
    answers = reply.body["answers"]
    regimes = [told["answer"] and told["answer"]["regime"] for told in answers]
    assert regimes == ["visa-required", "visa-required", "unknown", None, None, None]
    assert answers[2]["answer"]["nationality"] == "DE"
    assert "British National (Overseas)" in answers[3]["refused"]
    assert answers[0]["answer"].keys() >= {
        "requires", "disputed", "last_confirmed_on", "drafts_waiting",
    }  # fmt: skip
    assert str(reply.body["position"]) == reply.headers["Tracker-Position"]
    assert str(reply.body["checkpoint_size"]) == reply.headers["Tracker-Checkpoint-Size"]
    held = {"if-none-match": reply.headers["ETag"]}
    again = await door.get(f"/entry-rules/lookup?{asked}&valid_at=2024-08-01", headers=held)
    assert again.status == 304


async def test_cells_are_looked_up_up_to_a_bound(door: Door) -> None:
    for asked in ("", "&".join(["cell=EC:CN"] * 201)):
        refused = await door.get(f"/entry-rules/lookup?{asked}")
        assert problem(refused)[:2] == (400, "refused"), refused.data

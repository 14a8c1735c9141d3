"""Documents over HTTP: handed in as text, known by their bytes, refused with a reason."""

from tests.tracker.api.door import Door, problem

NOTE = {
    "text": "Ecuador has suspended visa-free entry for Chinese nationals from July 1.",
    "title": "A visa again",
    "published": "2024-06-19",
}


async def test_a_text_becomes_a_document_with_drafts_and_is_known_the_second_time(
    door: Door,
) -> None:
    made = await door.post("/documents", NOTE, role="analyst")
    again = await door.post("/documents", NOTE)
    await door.parts.settle()
    drafts = (await door.get("/drafts")).body["drafts"]

    assert (made.status, made.body["drafts"]) == (201, 1)
    assert (again.status, again.body["document"]) == (200, made.body["document"])
    assert [d["fact_type"] for d in drafts] == ["policy-changed"]


async def test_a_document_needs_a_text_or_an_address_that_may_be_asked(door: Door) -> None:
    assert problem(await door.post("/documents", {"title": "x"})) == (400, "refused", None)
    inside = await door.post("/documents", {"url": "http://169.254.169.254/"})
    assert problem(inside) == (400, "refused", "url")
    day = await door.post("/documents", {**NOTE, "published": "2024-13-01"})
    assert problem(day) == (400, "refused", "published")

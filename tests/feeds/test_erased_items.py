"""A feed goes on listing what was erased: it is not taken in again, and the other items are."""

from uuid import UUID

from projections.views.documents import Document
from tests.feeds.site import Reader, Site
from tests.place import Place
from tests.tracker.erasing.world import ADMIN, BASIS, where

OTHER = "Peru has suspended visa-free entry for Chilean nationals from July 1, 2030."
SECRET = "Zacharias Quillfeather told us so."


async def documents(reader: Reader) -> dict[str | None, Document]:
    await reader.parts.settle()
    return {d.guid: d for d in await reader.parts.views.select(Document)}


async def test_an_erased_item_stays_erased_while_its_feed_still_lists_it(
    site: Site, reader: Reader, place: Place
) -> None:
    site.item("a", SECRET)
    site.item("a2", "One more.")
    await reader.poll()
    site.item("b", OTHER)
    await reader.poll()  # the response that is kept for b holds a as well
    site.item("c", "Nothing here.")
    site.items = [i for i in site.items if i[0] == "c"]
    await reader.poll()  # and the one for c does not
    found = await documents(reader)
    done = await reader.parts.erasing.erase(UUID(found["a"].document), BASIS, ADMIN)

    assert where(place, SECRET) == set()
    hashes = {piece.sha256 for piece in done.plan.evidence}
    assert {found["a"].raw_sha256, found["b"].raw_sha256} < hashes
    assert found["c"].raw_sha256 not in hashes
    stays = {line.event for line in done.plan.stays}
    assert stays == {found["a2"].document, found["b"].document}

    site.item("a", SECRET + " And more.")
    site.item("d", "Something new.")
    assert await reader.poll() == ("ok", 1, 0, 2)
    after = await documents(reader)
    assert set(after) == {"a2", "b", "c", "d"}
    assert where(place, SECRET) == set()
    how = await reader.parts.erasing.how(after["d"].raw_sha256)
    assert how is not None
    assert how.position == done.position
    assert await reader.parts.evidence.get(after["d"].text_sha256) == b"About d\n\nSomething new."

    site.items = [i for i in site.items if i[0] != "a"]
    site.item("e", "Newer still.")
    await reader.poll()
    fresh = (await documents(reader))["e"].raw_sha256
    assert await reader.parts.evidence.get(fresh) is not None

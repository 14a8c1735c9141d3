"""Which item is which, and how a known one changed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.identity import diff_class, identify, is_another, snapshot
from feeds.items import RawItem, compose


def item(
    title: str = "A title",
    body: str = "Some words.",
    *,
    guid: str | None = None,
    url: str | None = None,
    author: str | None = None,
    published_at: datetime | None = None,
) -> RawItem:
    text, start = compose(title, body)
    return RawItem(
        text=text,
        body_start=start,
        title=title,
        guid=guid,
        url=url,
        author=author,
        published_at=published_at,
    )


def identities(*items: RawItem) -> list[str]:
    return [one.identity for one in identify(items)]


def test_an_item_is_known_by_guid_then_link_then_content() -> None:
    by_guid, by_link, by_content = identities(
        item(guid="g", url="https://e.org/1"), item("b", url="https://e.org/2"), item("c")
    )
    assert (by_guid, by_link) == ("guid:g", "link:https://e.org/2")
    assert by_content.startswith("content:")


def test_a_guid_repeated_for_different_links_is_not_trusted() -> None:
    found = identities(
        item("a", guid="g", url="https://e.org/1"),
        item("b", guid="g", url="https://e.org/2"),
        item("c", guid="h", url="https://e.org/3"),
    )
    assert found == ["link:https://e.org/1", "link:https://e.org/2", "guid:h"]


def test_a_link_that_every_item_shares_identifies_none() -> None:
    found = identities(item("a", url="https://e.org/"), item("b", url="https://e.org/"))
    assert len(set(found)) == 2
    assert all(one.startswith("content:") for one in found)


def test_an_item_that_stands_twice_in_a_document_is_one_item() -> None:
    assert identities(
        item(guid="g", url="https://e.org/1"), item(guid="g", url="https://e.org/1")
    ) == ["guid:g"]


def test_a_guid_of_any_length_gives_a_short_identity() -> None:
    (found,) = identities(item(guid="g" * 100_000))
    assert len(found) < 600


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Visas are free.", "Visas are free.", None),
        ("Visas  are free", "visas are “free”!", "cosmetic"),
        ("WASHINGTON, D.C.", "Washington, DC", "cosmetic"),
        ("visa-free entry", "visa free entry", "cosmetic"),
        ("for 90 days", "for 30 days", "substantive"),
        ("1.5 percent", "15 percent", "substantive"),
        ("10-15 people", "1015 people", "substantive"),
        ("-5 degrees", "5 degrees", "substantive"),
        ("$5", "€5", "substantive"),
        ("5%", "5", "substantive"),
        ("22 May 2020,", "22 May 2021,", "substantive"),
        ("Ms. Merkel", "Mr. Merkel", "substantive"),
    ],
)
def test_an_edit_is_classed_by_whether_the_words_changed(
    old: str, new: str, expected: str | None
) -> None:
    assert diff_class(snapshot(item(body=old)), snapshot(item(body=new))) == expected


def test_a_changed_author_is_substantive_and_a_changed_link_is_not() -> None:
    old = snapshot(item(author="Spokesperson", url="http://e.org/1"))
    assert (
        diff_class(old, snapshot(item(author="Secretary", url="http://e.org/1"))) == "substantive"
    )
    assert (
        diff_class(old, snapshot(item(author="Spokesperson", url="https://e.org/1"))) == "cosmetic"
    )


def test_a_new_date_alone_is_a_change_of_date_only() -> None:
    old = snapshot(item(published_at=datetime(2024, 1, 1, tzinfo=UTC)))
    new = snapshot(item(published_at=datetime(2024, 1, 2, tzinfo=UTC)))
    assert diff_class(old, new) == "date-only"


def test_a_guid_that_comes_back_for_something_else_is_not_trusted() -> None:
    old = item("Storm hits the coast", "Trees fell and roads were closed.", url="https://e.org/1")
    new = item("Minister resigns today", "She gave no reason for it.", url="https://e.org/2")
    renamed = item(
        "Storm: roads closed", "Trees fell and roads were closed.", url="https://e.org/3"
    )
    assert is_another(old, new)
    assert not is_another(old, renamed)
    assert not is_another(old, item("Storm hits the coast!", "All is well.", url="https://e.org/4"))


ITEMS = st.lists(
    st.builds(
        item,
        st.sampled_from(["a", "b", "c"]),
        st.text(max_size=20),
        guid=st.none() | st.sampled_from(["g", "h"]),
        url=st.none() | st.sampled_from(["https://e.org/1", "https://e.org/2"]),
    ),
    max_size=8,
)


@given(ITEMS)
def test_identities_are_unique_and_the_same_every_time(items: list[RawItem]) -> None:
    found = identify(items)
    assert len({one.identity for one in found}) == len(found)
    assert identify(items) == found

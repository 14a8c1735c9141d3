"""The page of event types says what the code says."""

from tests.house.tree import ROOT
from tests.house.vocabulary import page


def test_the_page_of_the_vocabulary_is_that_of_todays_catalogue() -> None:
    written = (ROOT / "docs/vocabulary.md").read_text("utf-8")
    assert written == page(), "write it anew: python -m tests.house.vocabulary > docs/vocabulary.md"

"""Whether the texts of a document still say what is quoted from it."""

import pytest

from tracker.domain.document import bears


@pytest.mark.parametrize(
    ("quote", "text", "borne"),
    [
        ("5 people were killed", "At least 5 people were killed.", True),
        ("5 people were killed", "AT LEAST 5 PEOPLE, it said, were killed.", False),
        ("5 people were killed", "At least 5 “People” were killed.", True),
        ("5 people were killed", "At least 15 people were killed.", False),
        ("5 people were killed", "At least 15 “people” were killed.", False),
        ("5 people were killed", "At least 2.5 people were killed.", False),
        ("the dead were 5", "In the end the dead were 50.", False),
        ("the dead were 5", "In the end the dead were 5,000.", False),
        ("the dead were 5", "In the end the dead were 5. Others", True),
        ("the dead were 5", "In the end the dead were 50; no, the dead were 5, he said.", True),
        ("暂停5天", "厄瓜多尔暂停5天签证", True),
        ("words", "Sayings", False),
    ],
)
def test_a_quote_is_borne_out_however_it_is_punctuated_but_by_no_other_number(
    quote: str, text: str, borne: bool
) -> None:
    assert bears([text])(quote) is borne
    assert bears(["Nothing of it.", text])(quote) is borne
    assert not bears([])(quote)

"""Officials named by apposition, behind their office, or by a body that shares a name."""

import pytest

from tests.feeds.extractors.en.paper import fact


@pytest.mark.parametrize(
    ("sentence", "speaker", "country"),
    [
        (
            "The foreign minister, Salim Harthy, said the refugees should be given time.",
            "Salim Harthy",
            None,
        ),
        (
            "IOM director general Ana Diaz called the deaths of the migrants a shame.",
            "Ana Diaz",
            None,
        ),
        (
            "U.S. Ambassador to Chile Ana Diaz said the border would stay open to migrants.",
            "Ana Diaz",
            "US",
        ),
        (
            "Germany's Federal Foreign Office condemned the deportation of refugees from Oman.",
            "Germany's Federal Foreign Office",
            "DE",
        ),
        (
            "“We regret the decision of the other side,” the Nigerian High Commission in London "
            "said in a statement on Tuesday.",
            "Nigeria's High Commission",
            "NG",
        ),
        (
            "“These flights will go on as before,” said a senior Department of Homeland Security "
            "official of the deportations.",
            "U.S. Department of Homeland Security official",
            "US",
        ),
    ],
)
def test_an_official_is_named_in_many_ways(
    sentence: str, speaker: str, country: str | None
) -> None:
    found = fact(sentence, "statement")
    assert (found["speaker"], found.get("country")) == (speaker, country)

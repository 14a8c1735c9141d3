"""Words about people who cross borders are told from those about borders, goods and armies."""

import pytest

from feeds.extractors.en.grammar.scope import crosses_borders

OF_THE_FIELD = [
    "They were sent back by boat.",
    "The minister wants faster deportations.",
    "Controls at the border checkpoints will stay.",
    "The country closed its northern border.",
    "Small-boat crossings went down.",
    "It urged its citizens to leave at once.",
    "Nobody without a visa may stay.",
]
OF_SOMETHING_ELSE = [
    "Shells fell on both sides of the border.",
    "Trade across the border grew.",
    "Drug smugglers were caught.",
    "The players travelled to the cup.",
    "Citizens voted on Sunday.",
]


@pytest.mark.parametrize("sentence", OF_THE_FIELD)
def test_who_passes_a_border_is_of_the_field(sentence: str) -> None:
    assert crosses_borders(sentence, 0, len(sentence))


@pytest.mark.parametrize("sentence", OF_SOMETHING_ELSE)
def test_what_else_happens_at_borders_is_not(sentence: str) -> None:
    assert not crosses_borders(sentence, 0, len(sentence))

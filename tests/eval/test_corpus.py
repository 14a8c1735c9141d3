"""The extractors keep to what they can do on our own corpus; `make eval` shows the figures."""

from tests.eval.corpus import tallies, texts

FEWEST = 60
LEAST_PRECISION = 0.85
LEAST_RECALL = 0.85
LEAST_FIELDS = 0.9


def test_half_of_the_corpus_looks_as_if_it_held_a_fact() -> None:
    every = list(texts())
    assert len(every) >= FEWEST
    assert sum(not text.facts for text in every) * 2 >= len(every)


def test_what_is_found_is_right_and_little_is_missed() -> None:
    for kind, tally in tallies(texts()).items():
        assert tally.precision >= LEAST_PRECISION, f"{kind}: {tally}"
        assert tally.recall >= LEAST_RECALL, f"{kind}: {tally}"
        assert tally.fields_right >= LEAST_FIELDS * tally.fields, f"{kind}: {tally}"


def test_texts_without_a_fact_propose_none() -> None:
    loud = [t.text for t in texts() if not t.facts and tallies([t])]
    assert not loud

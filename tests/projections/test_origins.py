"""Which origins are independent of one another."""

from projections.origins import Origin, classed, independent, name_key
from tests.projections.folding import cited, event_id
from tracker.domain.values import Citation, Hop

INFOBAE = Origin("Infobae", "named")
NOBODY = Origin("The Rio Times", "unattributed")


def chain(*hops: Hop) -> tuple[Origin, ...]:
    """The origins of one citation."""
    return classed([Citation(document=event_id(900), quote="…", attribution=hops)])


def test_the_last_hop_is_official_named_or_nobody_beyond_the_publisher() -> None:
    paper = Hop(agent="The Rio Times", relation="published", basis="stated")
    ministry = Hop(agent="Ministry", relation="quotes", basis="stated", official=True)
    assert chain() == (Origin(None, "unattributed"),)
    assert chain(paper) == (NOBODY,)
    assert chain(paper, ministry) == (Origin("Ministry", "official"),)
    assert classed([cited("Breitbart", "Infobae")]) == (INFOBAE,)


def test_two_outlets_that_repeat_one_report_count_once_and_nobody_adds_nothing() -> None:
    by_fact = {"a": (INFOBAE,), "b": (NOBODY,), "c": (Origin("INFOBAÉ", "named"),)}
    assert independent(by_fact) == (INFOBAE,)
    assert independent({"b": (NOBODY,)}) == ()


def test_names_of_one_party_are_one_origin() -> None:
    known = {"ministry": "p1", "cancilleria": "p1"}
    by_fact = {
        "a": (Origin("Ministry", "named"),),
        "b": (Origin("Cancillería", "official"),),
    }
    assert len(independent(by_fact)) == 2
    assert independent(by_fact, lambda n: known[name_key(n)]) == (
        Origin("Cancillería", "official"),
    )


def test_facts_of_which_an_analyst_says_so_have_one_origin() -> None:
    by_fact = {"a": (INFOBAE,), "b": (Origin("El Mercurio", "named"),), "c": (NOBODY,)}
    assert len(independent(by_fact)) == 2
    assert independent(by_fact, same=[("b", "a"), ("a", "c")]) == (INFOBAE,)

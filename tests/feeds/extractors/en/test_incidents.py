"""Incidents are single happenings to people on the move; the corpus of `make eval` has many more."""

from typing import Any

import pytest

from feeds.extract import drafts
from tests.feeds.extractors.en.paper import DOCUMENT, fact, proposed, report

DAY = "What happened on 19 June 2024"


def incident(body: str, **given: str) -> dict[str, Any]:
    """The one incident of a report."""
    return fact(body, "incident", **given)


def key(found: dict[str, Any]) -> tuple[Any, ...]:
    """What kind of incident, in which country, on which day."""
    return found["incident_type"], found.get("place", {}).get("country"), found.get("occurred")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A boat carrying 40 migrants sinks off Malta, killing nine.", "drowning"),
        ("Two migrants suffocate in a lorry in Malta.", "other"),
        ("A truck full of migrants crashes in Malta, killing nine people.", "accident"),
        ("Three refugees are shot dead in Malta.", "killing"),
        ("Bandits abduct 14 migrants in Malta.", "kidnapping"),
        ("Police arrest two men in Malta for smuggling migrants.", "smuggling"),
        ("Malta deports 40 Bangladeshis.", "expulsion"),
        ("Immigration officers detain 40 foreigners in Malta.", "detention"),
        ("A mob attacks migrants in Malta.", "attack"),
        ("Hundreds of migrants storm the border fence in Malta.", "protest"),
        ("Fishermen rescue 40 migrants off Malta.", "other"),
    ],
)
def test_an_item_of_a_day_page_is_an_incident_of_its_day(sentence: str, expected: str) -> None:
    found = incident(f"- {sentence} (Wire)", title=DAY)
    assert key(found) == (expected, "MT", "2024-06-19")
    assert found["citations"][0]["quote"] == sentence


def test_whom_it_happened_to_is_said_in_the_words_of_the_text() -> None:
    found = incident("Police in Malta detained 40 Eritrean migrants on Monday.")
    assert (found["victim_term"], found["nationalities"]) == ("migrants", ["ER"])
    assert found["affected"] == {"best": 40}


def test_a_count_keeps_the_bound_that_its_words_give() -> None:
    found = incident("A boat with up to 90 migrants sank off Malta on Monday; at least 12 died.")
    assert (found["killed"], found["affected"]) == ({"low": 12}, {"high": 90})


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("Germany deported 40 Afghans to Pakistan on Monday.", "DE"),
        ("Forty migrants were deported from Germany to Ghana on Monday.", "DE"),
        ("Forty migrants were deported to Ghana by German police on Monday.", "DE"),
        ("A boat from Libya with 40 migrants sank near Malta on its way to Italy on Monday.", "MT"),
        ("Greek police arrested 12 people on Monday for smuggling migrants into Italy.", "GR"),
        ("Nine men were convicted on Monday of trafficking women from Vietnam to Britain.", "GB"),
        ("Hundreds of migrants on their way to Italy reached the port of Calais on Monday.", "FR"),
    ],
)
def test_the_place_is_where_it_happened_and_not_whence_or_whither(
    sentence: str, country: str
) -> None:
    assert incident(sentence)["place"]["country"] == country


def test_waters_of_nobody_have_a_name_and_no_country() -> None:
    found = incident("Ten migrants drowned in the English Channel on Monday.")
    assert found["place"] == {"name": "English Channel"}


def test_the_day_of_speaking_is_not_the_day_of_the_incident() -> None:
    body = "Forty migrants were rescued off Malta on Sunday, the navy said on Tuesday."
    assert incident(body)["occurred"] == "2024-06-16"


def test_sentences_of_one_incident_make_one_draft_with_all_of_them() -> None:
    found = incident(
        "A boat carrying migrants sank off Malta on Monday.\n\n"
        "Twelve migrants drowned off Malta, and the search goes on."
    )
    assert key(found) == ("drowning", "MT", "2024-06-17")
    assert found["killed"] == {"best": 12}
    assert len(found["citations"]) == 2


def test_another_incident_is_another_draft() -> None:
    found = proposed(
        "A boat sank off Malta on Monday with 30 migrants aboard. Another boat overturned off Malta "
        "and nine migrants died.",
        "incident",
    )
    assert [d.fact.get("killed") for d in found] == [None, {"best": 9}]


def test_a_heading_above_an_item_says_what_its_boats_carry() -> None:
    item = "- {}\n  - A boat with 120 people aboard capsizes off Malta; 40 are missing. (Wire)"
    assert key(incident(item.format("Migration by sea"), title=DAY))[0] == "drowning"
    assert not proposed(item.format("Regatta"), "incident", title=DAY)


NO_INCIDENT = [
    "Malta will deport 40 migrants on Monday.",
    "Malta may have deported 40 migrants on Monday.",
    "Malta did not deport 40 migrants on Monday.",
    "The opposition wants Malta to deport 40 migrants.",
    "If 40 migrants were detained in Malta on Monday, nobody saw it.",
    "Were 40 migrants detained in Malta on Monday?",
    '"We detained 40 migrants in Malta on Monday," the officer said.',
    "Malta deported 4,000 migrants in 2023.",
    "Every week police in Malta detain 40 migrants.",
    "More than 900 migrants have drowned off Malta since January.",
    "Police in Malta detain migrants.",
    "Malta expelled three diplomats on Monday.",
    "Police in Malta arrested 12 people on Monday for smuggling cigarettes.",
    "A ferry sank off Malta on Monday and 12 people drowned.",
    "In the film, a boat with 40 migrants sinks off Malta.",
    "The court in Malta freed a man on Monday who had sheltered deported migrants.",
    "Soldiers clashed at the border of Malta on Monday and 12 died.",
    "In 2015, police in Malta found 40 migrants dead.",
]


@pytest.mark.parametrize("sentence", NO_INCIDENT)
def test_what_is_planned_denied_usual_or_of_another_kind_is_left_alone(sentence: str) -> None:
    assert not proposed(sentence, "incident")


def test_every_field_has_its_words() -> None:
    item = report("Police in Malta detained 40 Eritrean migrants on Monday.")
    (draft,) = (d for d in drafts(item, DOCUMENT) if d.fact_type == "incident-reported")
    words = {span.field: item.text[span.start : span.end] for span in draft.spans}
    assert words == {
        "incident_type": "detained",
        "place": "Malta",
        "occurred": "Monday",
        "victim_term": "migrants",
        "nationalities": "Eritrean",
        "affected": "40",
    }


def test_who_acts_at_the_border_with_another_state_does_so_on_this_side_of_it() -> None:
    found = fact(
        "Saudi border guards shot dead four Ethiopian migrants near the Yemeni border on Tuesday.",
        "incident",
    )
    assert found["place"]["country"] == "SA"
    assert found["killed"] == {"best": 4}


def test_the_age_of_a_child_is_no_toll() -> None:
    found = fact(
        "A Chilean boy of eight died in the custody of the Border Patrol in New Mexico on Monday.",
        "incident",
    )
    assert "killed" not in found


def test_a_body_that_needs_no_country_says_where_it_acts() -> None:
    found = fact("ICE agents arrested 475 workers at a plant on Thursday.", "incident")
    assert found["place"]["country"] == "US"


def test_a_hotel_that_houses_asylum_seekers_may_be_attacked() -> None:
    found = fact(
        "Rioters set fire to a hotel housing asylum seekers in Rotherham, England, on Sunday.",
        "incident",
    )
    assert found["incident_type"] == "attack"

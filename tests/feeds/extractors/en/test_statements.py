"""Statements are the words of officials, quoted or reported, where the speaker is certain."""

import pytest

from tests.feeds.extractors.en.paper import fact, proposed

BRIEFING = (
    '"We hope that both sides will keep talking," Omani foreign ministry spokesperson Salim Harthy '
    "told a news briefing in Muscat on Tuesday."
)


def test_a_quotation_has_speaker_role_organisation_day_and_place() -> None:
    said = fact(BRIEFING, "statement")
    assert said["text"] == "We hope that both sides will keep talking"
    assert (said["speaker"], said["role"]) == ("Salim Harthy", "foreign ministry spokesperson")
    assert said["organisation"] == "Oman's foreign ministry"
    assert (said["said_on"], said["place"]) == ("2024-06-18", "Muscat")
    assert (said["medium"], said["verbatim"]) == ("news briefing", "verbatim")


def test_a_short_form_and_a_pronoun_mean_the_one_who_was_introduced() -> None:
    found = proposed(
        f'{BRIEFING}\n\n"There is still enough time for that," Harthy said.\n\n'
        '"And nothing has been decided yet," he added.',
        "statement",
    )
    assert [d.fact["speaker"] for d in found] == ["Salim Harthy"] * 3
    # One occasion is dated, so the others are taken to be the same, with less confidence.
    assert [d.fact["said_on"] for d in found] == ["2024-06-18"] * 3
    assert found[1].confidence < found[0].confidence


def test_a_ministry_speaks_under_its_full_name() -> None:
    said = fact(
        "Chile's Ministry of the Interior and Public Security keeps the records. "
        '"We have found no sign of any abuse of migrants," the Ministry said in a June 14 statement posted to '
        "its official X account.",
        "statement",
    )
    assert said["speaker"] == "Chile's Ministry of the Interior and Public Security"
    assert (said["said_on"], said["medium"]) == ("2024-06-14", "official X account")


def test_a_speaker_may_be_introduced_behind_the_name() -> None:
    said = fact(
        "Rosa Diaz, a spokeswoman for Mexico's immigration institute, said “people will go on "
        "arriving all summer”.",
        "statement",
    )
    assert (said["speaker"], said["role"]) == ("Rosa Diaz", "spokeswoman")
    assert said["organisation"] == "Mexico's immigration institute"
    assert "said_on" not in said


def test_a_month_named_by_the_speaker_is_not_the_day_of_speaking() -> None:
    said = fact(
        'Chilean interior minister Rosa Diaz said "we have counted more migrants since May 2021".',
        "statement",
    )
    assert "said_on" not in said


NO_STATEMENT = [
    '"They took all of our money there," he said.',
    '"They took all of our money there," a driver said.',
    '"They took all of our money there," Harthy said.',
    'Salim Harthy made a trip known as "walking the long way to the north".',
    'Omani foreign ministry spokesperson Salim Harthy spoke of the "run" movement.',
    'Omani foreign ministry spokesperson Salim Harthy never said "we will close the border now".',
    "Omani opposition leader Salim Harthy said that migrants should stay at home for now.",
    "Former Omani foreign minister Salim Harthy said that the talks on visas would go on.",
    "Omani finance minister Salim Harthy said that taxes on oil would not be raised.",
    "Tory spokesman Adam Finch told reporters that the asylum rules were far too soft.",
    "Omani foreign minister Salim Harthy said yes.",
    "Larger countries would have more power than the smaller EU states.",
    "Senator Adam Finch said the ban on refugees was mean-spirited.",
    "Refugees Now said people were being pushed back at the border.",
    'The newspaper Muscat Mirror reported that "nobody has been harmed so far".',
    '"The mark is never closed here, said Omani foreign ministry spokesperson Salim Harthy.',
    'Rosa Diaz is a reporter who covers borders. She said "nothing of that is really true".',
    'READ MORE: "We will stay here for ever," says Omani foreign minister Salim Harthy.',
]


@pytest.mark.parametrize("sentence", NO_STATEMENT)
def test_words_without_a_certain_speaker_are_left_alone(sentence: str) -> None:
    assert not proposed(sentence, "statement")


@pytest.mark.parametrize(
    ("sentence", "speaker", "country"),
    [
        (
            "Omani foreign ministry spokesperson Salim Harthy said that talks would go on.",
            "Salim Harthy",
            "OM",
        ),
        (
            "The U.N. refugee agency warned that the camps on the island were far too full.",
            "UNHCR",
            None,
        ),
        (
            "A State Department official said the talks with the island would go on.",
            "U.S. Department of State official",
            "US",
        ),
        (
            "Chile's president, Rosa Diaz, accused Peru of pushing migrants back at sea.",
            "Rosa Diaz",
            "CL",
        ),
        ("The Pakistani foreign office condemns the attack.", "Pakistan's foreign office", "PK"),
        (
            "Homeland Security Secretary Adam Finch said the travel ban would stay for now.",
            "Adam Finch",
            "US",
        ),
        (
            "Adam Finch, the U.N. High Commissioner for Refugees, warned of crowded camps.",
            "Adam Finch",
            None,
        ),
        (
            "Chilean president Rosa Diaz urged neighbours to take back migrants who were refused.",
            "Rosa Diaz",
            "CL",
        ),
    ],
)
def test_officials_are_heard_in_indirect_speech(
    sentence: str, speaker: str, country: str | None
) -> None:
    said = fact(sentence, "statement")
    assert (said["speaker"], said.get("country"), said["verbatim"]) == (
        speaker,
        country,
        "paraphrase",
    )
    assert said["text"] == sentence


def test_a_figure_that_an_official_gives_is_no_statement() -> None:
    found = proposed("Chile's government said it deported 4,100 migrants last year.")
    assert [d.fact_type for d in found] == ["statistic-published"]


def test_a_press_release_is_the_statement_of_whoever_issues_it() -> None:
    body = (
        "Salim Harthy, Foreign Ministry Spokesperson\n\nOman condemns the violence at the "
        "border.  We call on both sides to keep talking."
    )
    said = fact(body, "statement", title="On the violence at the border")
    assert (said["speaker"], said["role"]) == ("Salim Harthy", "Foreign Ministry Spokesperson")
    assert (said["medium"], said["said_on"]) == ("press release", "2024-06-19")
    assert said["text"].startswith("Oman condemns")
    assert said["text"].endswith("keep talking.")


def test_a_notice_of_travel_is_no_statement() -> None:
    body = "Salim Harthy, Foreign Ministry Spokesperson\n\nThe minister must leave on Friday."
    assert not proposed(body, "statement", title="The minister will travel to Chile")


def test_what_follows_said_it_is_not_spoken_by_it() -> None:
    assert not proposed(
        "Chile's government said the talks went well.\n\nA spokesman for the club said it was wrong "
        'to claim that members "were left alone in the cold".',
        "statement",
    )


def test_a_weekday_needs_no_preposition() -> None:
    said = fact(
        '"Migrants will come until autumn," Chilean minister Rosa Diaz said Monday.', "state"
    )
    assert said["said_on"] == "2024-06-17"


def test_who_announces_with_a_quotation_speaks() -> None:
    text = (
        'Omani foreign minister Salim Harthy announces a review of visas, citing "the failure of '
        'our neighbours to keep their word".'
    )
    said = fact(text, "statement")
    assert (said["speaker"], said["verbatim"]) == ("Salim Harthy", "verbatim")


def test_everybody_is_told_of_once_and_quoted_as_often_as_they_speak() -> None:
    told = (
        "Chile's interior minister, Rosa Diaz, said that the visas would stay. "
        "The minister warned that migrants were in danger."
    )
    assert len(proposed(told, "statement")) == 1
    quoted = f"{told} “Nobody without a visa can stay here,” Diaz said."
    assert [d.rule for d in proposed(quoted, "statement")] == ["quotation"]


def test_a_quotation_alone_is_of_whoever_spoke_right_before() -> None:
    said = fact(
        "Chile's president Rosa Diaz held a press conference on the migrants. “What we have seen "
        "this week is a warning to us all.”",
        "statement",
    )
    assert (said["speaker"], said["verbatim"]) == ("Rosa Diaz", "verbatim")


def test_he_is_nobody_after_a_stranger_has_spoken() -> None:
    found = proposed(
        "Chile's interior minister Juan Ruiz said that the visas would stay. A driver said that he had paid. "
        "“They took my passport and my visa away,” he said.",
        "statement",
    )
    assert [d.fact["verbatim"] for d in found] == ["paraphrase"]


def test_an_item_of_a_day_page_is_said_on_its_day_and_about_its_heading() -> None:
    body = (
        "- Migration to Chile\n"
        "  - Chilean president Rosa Diaz says that the camps in the north will close. (AP)\n"
        "- Elections in Chile\n"
        "  - Chilean president Rosa Diaz says that the vote will be fair. (AP)"
    )
    said = fact(body, "statement", title="Current events, 18 June 2024")
    assert (said["said_on"], said["text"][-11:]) == ("2024-06-18", "will close.")


def test_a_policy_that_is_announced_is_no_statement_but_its_defence_is() -> None:
    announced = "Chilean foreign minister Rosa Diaz announced that Chile will revoke all visas of Omani nationals"
    assert not proposed(f"{announced}.", "statement")
    said = fact(f"{announced}, citing “the failure of Oman to take its people back”.", "statement")
    assert said["verbatim"] == "verbatim"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Statement by President Rosa Diaz on the Harvest", "I welcome the record harvest."),
        ("President Rosa Diaz Announces Appointments", "I strongly support the new judges."),
    ],
)
def test_a_release_on_something_else_is_no_statement(title: str, body: str) -> None:
    assert not proposed(f"{body}\n\nWe will continue on this way.", "statement", title=title)


def test_a_release_may_report_what_another_official_announced() -> None:
    body = (
        "Salim Harthy, Foreign Ministry Spokesperson\n\nToday, Under Secretary for Refugees and "
        "Relief Rosa Diaz announced that Oman will pay for new shelters.  We welcome this step."
    )
    found = proposed(body, "statement", title="Shelters for refugees")
    assert {d.fact["speaker"] for d in found} == {"Salim Harthy", "Rosa Diaz"}

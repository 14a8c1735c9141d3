"""Bans, closures, fees, ceilings and halts are read as acts of the state that takes them."""

from typing import Any

import pytest

from feeds.extractors.en.grammar.actors import official
from tests.feeds.extractors.en.paper import fact, proposed


def told(found: dict[str, Any]) -> tuple[str, str, tuple[str, ...], str | None]:
    """Whose act, what is done, to whom, and the regime that then holds."""
    rule: dict[str, Any] = found.get("rule") or {}
    whom = tuple(rule.get("nationalities", ()))
    return found["jurisdiction"], found.get("action", "proposed"), whom, rule.get("regime")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Indonesia bans citizens of Israel from entering the country.",
            ("ID", "introduced", ("IL",), "entry-ban"),
        ),
        (
            "Lithuania bans Russian and Belarusian tourists from entering the country.",
            ("LT", "introduced", ("RU", "BY"), "entry-ban"),
        ),
        (
            "Citizens of Chad will be barred from entering the United States.",
            ("US", "introduced", ("TD",), "entry-ban"),
        ),
        (
            "Japan will ban all foreign visitors from entering the country.",
            ("JP", "introduced", ("*",), "entry-ban"),
        ),
        (
            "The Philippines lifts its travel ban on travellers from India.",
            ("PH", "repealed", ("IN",), "unknown"),
        ),
        (
            "The United States adds Mali and Niger to its travel ban.",
            ("US", "introduced", ("ML", "NE"), "entry-ban"),
        ),
        (
            "Vanuatu amended its law, banning entry to Vanuatu for those holding Omani passports.",
            ("VU", "introduced", ("OM",), "entry-ban"),
        ),
        (
            "The Chinese foreign ministry says it will allow nationals of Peru and Chile to enter "
            "the country without a visa.",
            ("CN", "introduced", ("PE", "CL"), "visa-free"),
        ),
        (
            "China grants Russian nationals visa-free entry on a trial basis.",
            ("CN", "introduced", ("RU",), "visa-free"),
        ),
        (
            "Tajikistan restores visa-free travel with Uzbekistan.",
            ("TJ", "reinstated", ("UZ",), "visa-free"),
        ),
        (
            "The U.S. government added Qatar to the Visa Waiver Program.",
            ("US", "introduced", ("QA",), "visa-free"),
        ),
        (
            "Brazil will require visas from citizens of Australia from April 10.",
            ("BR", "introduced", ("AU",), "visa-required"),
        ),
        (
            "The Home Office said nationals of Jordan would need a visa to visit the UK.",
            ("GB", "introduced", ("JO",), "visa-required"),
        ),
        (
            "Chad suspends the issuance of visas to U.S. citizens.",
            ("TD", "suspended", ("US",), "conditional"),
        ),
        (
            "India restores visa services for Canadians.",
            ("IN", "reinstated", ("CA",), "conditional"),
        ),
        (
            "The State Department announced the revocation of all visas of Malian nationals.",
            ("US", "withdrawn", ("ML",), "conditional"),
        ),
        (
            "The United States imposes visa restrictions on Ugandan officials.",
            ("US", "introduced", ("UG",), "conditional"),
        ),
        (
            "Peru introduced visa fees for Iranian nationals on Monday.",
            ("PE", "introduced", ("IR",), "conditional"),
        ),
        (
            "The US will charge a $250 visa integrity fee for most visitors.",
            ("US", "introduced", ("*",), "conditional"),
        ),
        (
            "The UK launched its Electronic Travel Authorisation scheme for nationals of Qatar.",
            ("GB", "introduced", ("QA",), "eta"),
        ),
        (
            "Finland closes all border crossings with Russia.",
            ("FI", "introduced", (), None),
        ),
        (
            "Germany will reintroduce border controls with Poland from October 16.",
            ("DE", "reinstated", (), None),
        ),
        (
            "President Joe Biden raised the refugee cap to 62,500.",
            ("US", "amended", ("*",), "conditional"),
        ),
        (
            "Only 50,000 refugees will be admitted, the White House said.",
            ("US", "amended", ("*",), "conditional"),
        ),
        (
            "Canada announced it would resettle 20,000 Afghan refugees.",
            ("CA", "introduced", ("AF",), "conditional"),
        ),
        (
            "Greece suspends the processing of asylum applications for three months.",
            ("GR", "suspended", ("*",), "conditional"),
        ),
        (
            "Travellers from China will be required to show a negative test, the U.S. government "
            "said.",
            ("US", "introduced", ("CN",), "conditional"),
        ),
        (
            "The European Union suspends its visa waiver agreement with Vanuatu.",
            ("EU", "suspended", (), None),
        ),
        (
            "The European Commission proposes suspending the visa-free regime for Omani officials.",
            ("EU", "proposed", (), None),
        ),
    ],
)
def test_an_act_is_read_with_its_state_its_people_and_its_regime(
    sentence: str, expected: tuple[str, str, tuple[str, ...], str | None]
) -> None:
    assert told(fact(sentence, "policy")) == expected


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("Peru suspended its refugee resettlement programme.", "Admission programme"),
        ("Peru resumed visa processing on Monday.", "Issue of visas"),
        ("Peru raised its visa fees for tourists.", "Visa or entry fee"),
        ("Peru closed its border with Chile.", "Border"),
        ("Peru reintroduced border controls.", "Border checks"),
        ("Peru tightens entry rules for Cuban nationals.", "Rules of entry"),
        ("Peru's parliament approves a law that limits asylum claims.", "Asylum applications"),
    ],
)
def test_the_title_says_what_was_changed(sentence: str, title: str) -> None:
    assert fact(sentence, "policy")["title"] == title


def test_what_is_only_planned_is_proposed() -> None:
    found = proposed("Peru plans to ban Cuban nationals from entering the country.", "policy")
    assert [d.fact_type for d in found] == ["policy-proposed"]


def test_a_part_of_a_nationality_is_a_category_of_the_rule() -> None:
    found = fact("Peru suspended visa-free entry for Chinese students from July 1.", "policy")
    assert found["rule"]["nationalities"] == ["CN"]
    assert found["rule"]["category"] == "Chinese students"


def test_a_state_that_keeps_its_own_people_in_has_a_policy_of_exit() -> None:
    found = fact("South Korea bans its citizens from travelling to Laos.", "policy")
    assert (found["jurisdiction"], found["kind"]) == ("KR", "exit")
    assert found["title"] == "Travel ban: Laos"
    assert "rule" not in found


def test_a_number_of_countries_is_told_by_the_title() -> None:
    found = fact("Vietnam exempts citizens of 12 countries from visas.", "policy")
    assert found["title"] == "Visa-free entry: 12 countries"
    assert "rule" not in found


def test_the_page_of_a_day_dates_its_items() -> None:
    found = fact(
        "- Denmark scraps border checks with Sweden. (Wire)",
        "policy",
        title="Events of June 18, 2024",
    )
    assert found["announced_on"] == "2024-06-18"


def test_the_state_that_an_official_page_speaks_for_is_known_by_its_host() -> None:
    assert official("https://www.state.gov/a-notice/") == "US"
    assert official("https://www.gov.uk/news") == "GB"
    assert official("https://state.gov.example.org/") is None
    assert official(None) is None


NO_ACT = [
    "The International Olympic Committee bans Russian athletes from entering the stadium.",
    "The airline suspended flights for travellers to Tel Aviv.",
    "China banned imports of Japanese seafood at its border crossings.",
    "The senator said he would ban refugees from entering Chile if elected.",
    "Poland may close its border with Belarus, the minister said.",
    "The judge blocked the travel ban on citizens of six countries.",
    "Protesters closed the border crossing between Poland and Ukraine.",
    "The minister denied that Hungary had closed its border with Serbia.",
    "The charity urged Greece to end its suspension of asylum applications.",
    "Egypt is considering an entry ban on citizens of Oman.",
    "Israel denied entry to two British politicians on Saturday.",
    "Israel deported two activists and banned them from entering the country.",
    "Russia bans 60 U.S. officials from entering the country.",
    "The state of Texas passed a law banning travel to other states.",
    "Israel closed the crossing to aid trucks.",
    "Mexico raises the entry fee for its museums.",
    "The novel tells how England closed its borders to all foreigners.",
    "Japan has a points system that limits immigration from Asia.",
    "Iran executes a man convicted of helping travellers to leave without exit visas.",
    "Polish farmers block border crossings with Ukraine in protest at grain imports.",
    "Candidates in Peru promised to end visa-free travel for Chinese nationals.",
    "The ministry issued 40,000 visas to Chinese nationals in May.",
    "Would Chile ban citizens of Peru from entering the country?",
    "Peru banned imports of Chilean beef from entering the country.",
    "FIFA banned Cuban nationals from entering the stadium in Peru.",
    "Peru may ban Cuban nationals from entering the country.",
    "Lawyers urged Peru to ban Cuban nationals from entering the country.",
    "A court ruled against the order in which Peru bars Cuban nationals from entering.",
    "Peru blocked two British MPs from entering the country.",
    "Peru bans smoking for visitors in parks.",
    "Peru warned its citizens against travel to Chile, where visas are revoked.",
    "The club banned Chilean supporters from its stadium.",
    "Peru has never closed its border with Chile.",
    '"Chile bans citizens of Peru from entering the country," he read.',
]


@pytest.mark.parametrize("sentence", NO_ACT)
def test_what_no_state_has_done_is_no_act(sentence: str) -> None:
    assert not proposed(sentence, "policy")


def test_a_second_sentence_about_an_act_proposes_nothing_more() -> None:
    found = proposed(
        "Finland closes its border with Russia. Finland closed all border crossings on Friday.",
        "policy",
    )
    assert len(found) == 1


def test_that_nobody_is_named_makes_no_rule_for_everybody() -> None:
    assert not proposed("Peru stopped at least 24 people from entering the country.", "policy")
    for sentence in ("Peru bars all foreigners from entering the country.",):
        (draft,) = proposed(sentence, "policy")
        assert draft.fact["rule"]["nationalities"] == ["*"]


def test_an_interviewer_acts_for_no_state() -> None:
    line = "QUESTION: Peru has suspended visas for Cuban nationals, and I was wondering about that."
    assert not proposed(line, "policy")

"""The map: every country has a shape, a tone, and a title that says what the tone says."""

import re

from tracker.console.atlas import atlas, known_places
from tracker.console.site import ASSETS
from tracker.domain.countries import COUNTRIES


def test_every_country_but_antarctica_has_a_shape_of_its_own() -> None:
    drawn = set(re.findall(r'id="([A-Z]{2})"', ASSETS["world.svg"].content.decode()))
    assert set(COUNTRIES) - drawn == {"AQ"}
    assert drawn - set(COUNTRIES) == set()


def test_a_shape_says_its_regime_in_tone_and_title_and_leads_to_its_cell() -> None:
    shapes = {s.code: s for s in atlas({"EC": "visa-free-suspended"}, {"EC": "/to"}, here="CN")}
    assert (shapes["EC"].tone, shapes["EC"].href) == ("closed", "/to")
    assert shapes["EC"].title == "Ecuador: Visa-free entry suspended"
    assert (shapes["PE"].tone, shapes["PE"].title) == ("unknown", "Peru: nothing on record")
    assert (shapes["CN"].tone, shapes["CN"].href) == ("here", None)
    assert "AQ" not in shapes


def test_places_with_facts_lead_somewhere_and_others_do_not() -> None:
    shapes = {s.code: s for s in known_places({"EC": "/policy?destination=EC"})}
    assert shapes["EC"].href == "/policy?destination=EC"
    assert shapes["PE"].href is None


def test_the_map_is_light_enough_to_load_on_a_bad_line() -> None:
    assert len(ASSETS["world.svg"].content) < 80_000

"""The codes of nationality in the machine-readable zone of a passport (ICAO Doc 9303, part 3)."""

from tracker.domain.countries import country_code
from tracker.domain.errors import Refused

_OTHERWISE = {"D": "DE", "RKS": "XK"}
"""Codes that are not those of ISO 3166-1 and mean one country all the same."""

_OF_NO_COUNTRY = {
    "GBD": "a British Overseas Territories citizen",
    "GBN": "a British National (Overseas)",
    "GBO": "a British Overseas citizen",
    "GBP": "a British protected person",
    "GBS": "a British subject",
    "EUE": "a holder of a laissez-passer of the European Union",
    "UNO": "an official of the United Nations",
    "UNA": "an official of a United Nations agency",
    "UNK": "a holder of a travel document of the United Nations mission in Kosovo",
    "XXA": "a stateless person",
    "XXB": "a refugee under the Convention of 1951",
    "XXC": "a refugee otherwise",
    "X" * 3: "a person of unspecified nationality",
    "XBA": "an official of the African Development Bank",
    "XIM": "an official of the African Export-Import Bank",
    "XCC": "a national of a CARICOM state, which is not named",
    "XCE": "an official of the Council of Europe",
    "XCO": "an official of COMESA",
    "XDC": "an official of SADC",
    "XEC": "an official of ECOWAS",
    "XES": "an official of the Organisation of Eastern Caribbean States",
    "XMP": "an official of the Parliamentary Assembly of the Mediterranean",
    "XOM": "a member of the Sovereign Military Order of Malta",
    "XPO": "an official of Interpol",
}
"""Holders to whom the rules for nationals of a country do not apply as such."""


def travel_code(text: str) -> str:
    """The alpha-2 code for one of two or three letters, or of a passport; Refused says of whom."""
    code = text.strip().strip("<").upper()
    if code in _OF_NO_COUNTRY:
        raise Refused(f"{code} is {_OF_NO_COUNTRY[code]}: rules for nationals do not tell")
    return _OTHERWISE.get(code) or country_code(code or text)

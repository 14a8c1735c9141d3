"""The catalogue of metrics that statistics are recorded under, each defined once."""

import msgspec


class Metric(msgspec.Struct, frozen=True):
    """What is counted, in words that keep neighbouring counts apart."""

    name: str
    unit: str
    definition: str


METRICS: dict[str, Metric] = {
    "border-entries": Metric(
        "Entries", "entries", "Crossings into a territory; one person may enter more than once."
    ),
    "border-exits": Metric("Exits", "exits", "Registered departures from a territory."),
    "irregular-crossings": Metric(
        "Irregular crossings", "crossings", "Crossings outside the points or terms of entry."
    ),
    "transit-crossings": Metric(
        "Transit crossings", "persons", "People counted on a route through a territory."
    ),
    "border-encounters": Metric(
        "Border encounters", "encounters", "Apprehensions and inadmissible arrivals together."
    ),
    "border-apprehensions": Metric(
        "Border apprehensions", "apprehensions", "People stopped after crossing irregularly."
    ),
    "border-arrests": Metric("Border arrests", "arrests", "Arrests at or near a border."),
    "overstays": Metric("Overstays", "persons", "People who did not leave within their term."),
    "asylum-applications": Metric(
        "Asylum applications", "applications", "Applications lodged for protection."
    ),
    "asylum-grants": Metric("Asylum grants", "decisions", "Decisions that granted protection."),
    "refugees": Metric("Refugees", "persons", "People with refugee status or in need of it."),
    "displaced-persons": Metric(
        "Displaced persons", "persons", "People who had to leave home within or across borders."
    ),
    "visas-issued": Metric("Visas issued", "visas", "Visas granted."),
    "visas-refused": Metric("Visas refused", "visas", "Visa applications refused."),
    "removals": Metric("Removals", "persons", "People deported, expelled or returned."),
    "deaths": Metric("Deaths", "persons", "People found dead or reported drowned on a route."),
    "detentions": Metric("Detentions", "persons", "People held over entry or stay."),
    "rescues": Metric("Rescues", "persons", "People brought to safety on a route."),
    "resettlements": Metric(
        "Resettlements", "persons", "Refugees admitted by a country that chose to take them."
    ),
    "evacuations": Metric(
        "Evacuations", "persons", "People brought out of a country by their own or another state."
    ),
    "trafficking-victims": Metric(
        "Trafficking victims", "persons", "People found to have been trafficked or smuggled."
    ),
    "family-separations": Metric(
        "Family separations", "persons", "Members of families parted on entry by a state."
    ),
    "net-migration": Metric(
        "Net migration", "persons", "People who came to live in a country less those who left."
    ),
    "migrants": Metric("Migrants", "persons", "People counted as migrants, stock or arrivals."),
    "other": Metric("Other figure", "units", "A count that no other metric fits; see its note."),
}

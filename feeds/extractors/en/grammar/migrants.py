"""The words for people who move between countries, who moves them, and how."""

_NOT_THE_PEOPLE = (
    r"(?!\s+(?:camps?|agency|agencies|status|program(?:me)?s?|crisis|policy|policies|route|flows?"
    r"|centers?|centres?|rights|issue|admissions?|cap|ceiling|quota|children's|population|law"
    r"|council|organi[sz]ation|commission(?:er)?|smugg\w+|traffick\w+|boats?|vessels?|ships?"
    r"|caravans?|workers?\s+program\w*|deaths?|shelters?|hostels?|accommodation|hotels?)\b)"
)
MIGRANTS = (
    rf"(?:\b(?:(?:im)?migrants|(?:[Aa]n?|[Oo]ne|[Tt]he)\s+(?:[\w-]+\s+){{0,3}}?(?:(?:im)?migrant"
    rf"|refugee|asylum[\s-]seeker)|refugees|asylum[\s-]seekers|deportees|stowaways|migrant\s+"
    rf"(?:workers|children|families|women|men|labou?rers)|boat\s+people|border[\s-]crossers"
    rf"|Rohingyas?|undocumented\s+(?:people|workers|aliens|foreigners)|illegal\s+(?:aliens|workers"
    rf"|foreigners)|trafficking\s+victims|victims\s+of\s+(?:human\s+)?trafficking)\b"
    rf"{_NOT_THE_PEOPLE})"
)
_PEOPLES = (
    r"(?:[A-Z][a-z]{2,14}(?:ans|ese|is|ians)|Afghans|Filipinos|Salvadorans|Kurds|Turks|Yazidis"
    r"|Uyghurs|Uighurs|Somalis|Iraqis|Yemenis)"
)
PERSONS = (
    rf"(?:\b(?:people|persons|individuals|passengers|men|women|children|minors|workers|labou?rers"
    rf"|nationals|citizens|foreigners|villagers|families|suspects|aliens|victims|fishermen"
    rf"|detainees|members|prisoners|others)\b|\b{_PEOPLES}\b)"
)
SMUGGLERS = (
    r"(?:\b(?:people|human|migrants?|person|alien|immigrants?)[\s-](?:smuggl\w+|traffick\w+)"
    r"|\b(?:smuggl|traffick)(?:ing|ed|e)\b\s+(?:of\s+|in\s+)?(?:[\w,-]+\s+){0,5}?(?:(?:im)?migrants|people"
    r"|persons|humans?|workers|women|children|girls|refugees|asylum[\s-]seekers|nationals|citizens"
    r"|victims)\b|\bsex\s+traffick\w+|\btraffick(?:ed|ing)\s+victims|\bvictims\s+of\s+traffick\w+"
    r"|\bforced\s+labou?r\b|\b(?:over|in\s+connection\s+with)\s+the\s+(?:deaths?|drownings?)\s+of"
    r"\s+(?:[\w’'-]+\s+){0,4}?(?:(?:im)?migrants|refugees|people)\b)"
)
# What else is smuggled; a sentence that has only this is about goods.
GOODS = (
    r"\b(?:drugs?|cocaine|heroin|fentanyl|methamphetamine|narcotics?|cannabis|marijuana|weapons?"
    r"|arms|guns?|firearms|ammunition|gold|ivory|wildlife|cigarettes?|tobacco|fuel|oil|antiquities"
    r"|artefacts|organs?)[\s-](?:smuggl|traffick)\w+"
)
BOAT = (
    r"\b(?:boats?|dinghy|dinghies|vessels?|ships?|rafts?|trawlers?|ferry|canoes?|pirogues?|catamaran"
    r"|inflatable|speedboats?|yacht|skiff|sailboat|fishing\s+boat|shipwreck|cayuco|yola)\b"
)
VEHICLE = (
    r"\b(?:trucks?|lorry|lorries|trailer|tractor-trailer|buses|bus|minibus|vans?|minivan|cars?|trains?"
    r"|pickup|SUV|vehicles?|container|helicopter|planes?)\b"
)
# Movement across a border, where the people themselves are called something else.
CROSSING = (
    r"\b(?:(?:trying|attempting|tried|attempted|hoping|on\s+(?:his|her|their)\s+way|en\s+route)\s+to"
    r"\s+(?:illegally\s+)?(?:cross|reach|enter|get\s+(?:in)?to)?|crossed?\s+(?:the\s+border\s+)?illegally"
    r"|crossing\s+(?:the\s+)?(?:border|English\s+Channel|Mediterranean|Channel)"
    r"|(?:rubber|makeshift|homemade|rickety|flimsy)\s+(?:boats?|dingh(?:y|ies)|vessels?|rafts?)"
    r"|illegally\s+(?:cross|enter)\w+|(?:im)?migrant\s+(?:boat|vessel|ship|dinghy|caravan|shelter|centre"
    r"|center|hostel|detention)|refugee\s+(?:boat|convoy))"
)
IMMIGRATION = (
    r"(?:\b(?:immigration|visas?|overstay\w*|deportation|undocumented|asylum|illegal\s+entry"
    r"|illegal\s+stay|without\s+(?:valid\s+)?(?:documents|papers|permits)|people-smuggling"
    r"|entered\s+(?:the\s+\w+\s+)?illegally|illegally\s+(?:\w+\s+)?(?:entered|entering|cross\w+|staying"
    r"|living|working|in\s+the)|(?:im)?migrants?|repatriation|scam\s+(?:cent(?:er|re)s?|compounds?))\b"
    r"|\b(?:Border\s+Patrol|ICE(?!\s+train)|Immigration)\b)"
)
AUTHORITY = (
    r"(?:police|gendarmes?|gendarmerie|coast\s*guards?|navy|border\s+(?:guards?|police|patrol|force"
    r"|agents?)|authorities|officials|officers|agents|prosecutors?|government|ministry|immigration"
    r"|army|military|forces|soldiers|troops|court|judge|security|customs|rescuers?|firefighters"
    r"|marines?|investigators|Coast\s*[Gg]uard|Navy|Police|Border\s+(?:Patrol|Force|Guard)|Ministry"
    r"|Immigration|Department|Guardia|Civil\s+Guard|National|[Pp]resident|regime|administration"
    r"|maritime|federal|interior|intelligence|[Mm]inister|junta|militia)"
)

"""The words of counts: whom a number counts, what is done by or to them, what is of the field."""

import re

import msgspec


class Act(msgspec.Struct, frozen=True):
    """What is done by or to those counted: `scoped` acts are of the field whoever is counted.

    `happening` acts make the toll of one occasion unless a period or the tense sums them up.
    """

    name: str
    words: str
    metric: str
    scoped: bool = False
    happening: bool = False


ACTS = (
    Act("removed", r"(?:go|going|went|gone)\s+(?:back\s+)?home|deport(?:ed|s|ing)?|expel(?:led|s|ling)?|repatriat(?:ed|es|ing)"
        r"|sen[dt](?:s|ing)?\s+(?:back|home)|return(?:ed|ing|s)?\s+(?:home|to|from)|removed\s+from",
        "removals", True, True),
    Act("separated", r"separated\s+from|split\s+up|taken\s+from\s+their\s+(?:parents|families)",
        "family-separations"),
    Act("excluded", r"removed|returned", "removals", False, True),
    Act("asylum", r"(?:sought|seek(?:ing|s)?|request(?:ed|ing)|claim(?:ed|ing)|appl(?:ied|y|ying)\s+for)"
        r"\s+(?:political\s+)?(?:asylum|refuge|(?:international\s+)?protection|refugee\s+status)",
        "asylum-applications", True),
    Act("granted", r"(?:grant(?:ed|s|ing)|given|gave|gives|award(?:ed|s)|received|receiving)\s+(?:[a-z]+\s+){0,2}?"
        r"(?:asylum|refugee\s+status|protection|sanctuary)", "asylum-grants", True),
    Act("permitted", r"(?:grant(?:ed|s|ing)|issu(?:ed|es|ing)|given|gave|gives|received|obtained)\s+"
        r"(?:[a-z]+\s+){0,2}?(?:permits?|visas?|residency|green\s+cards|entry|status)\b",
        "visas-issued", True),
    Act("resettled", r"resettl(?:ed|es|ing)|admit(?:ted|s|ting)|taken\s+in|took\s+in|takes\s+in|let\s+in"
        r"|welcom(?:ed|es|ing)|accept(?:ed|s|ing)", "resettlements"),
    Act("fled", r"fled|flee(?:ing|s)?|displac(?:ed|es|ing)|uprooted|(?:driven|drove)(?=\s[^.,;]{3,40}\sfrom\s+their\s+homes)|escaped|(?:sought|seek(?:ing)?)\s+refuge"
        r"|driven\s+from\s+their\s+homes|left\s+their\s+homes"
        r"|forced\s+(?:from|out\s+of|to\s+(?:leave|flee))\s+their\s+homes?", "displaced-persons", True),
    Act("freed", r"freed|releas(?:ed|es|ing)|liberated", "", True, True),
    Act("carried", r"carr(?:ied|ying|ies)|brought|ferried|transported", "irregular-crossings"),
    Act("crossed", r"cross(?:ed|es|ing)?|(?:came|come|coming)\s+across", "irregular-crossings"),
    Act("entered", r"enter(?:ed|ing|s)?|arriv(?:ed|es|ing)|reach(?:ed|es|ing)?|landed|came|com(?:e|ing)"
        r"|made\s+(?:it|their\s+way|the\s+(?:crossing|journey|trip))|head(?:ed|ing)|travell?(?:ed|ing)"
        r"|seek(?:ing)?|immigrated|migrated", "border-entries"),
    Act("left", r"(?:left|departed|exited)(?=\s+(?:the\s+(?:country|island|kingdom|territory)|their|for|from|in|since|by|via"
        r"|through|after|[A-Z])|\s*[.,;]|$)|emigrated", "border-exits"),
    Act("rescued", r"rescu(?:ed|es|ing)|saved|picked\s+up|plucked", "rescues", False, True),
    Act("died", r"died|dead|drown(?:ed|ing)?|killed|perish(?:ed|ing)?|lost\s+their\s+lives|missing"
        r"|(?:gone|went)\s+missing|disappeared", "deaths", False, True),
    Act("stopped", r"apprehend(?:ed|ing|s)?|intercept(?:ed|ing|s)?|caught|stopped|turned\s+(?:back|away)"
        r"|encountered|detected|picked\s+up", "border-apprehensions", False, True),
    Act("arrested", r"arrest(?:ed|ing|s)?", "border-arrests", False, True),
    Act("detained", r"detain(?:ed|s|ing)|held|hold(?:s|ing)|in\s+(?:immigration\s+)?(?:detention|custody)"
        r"|locked\s+up|imprisoned|interned", "detentions", False, True),
    Act("trafficked", r"victims\s+of\s+(?:human\s+|sex\s+)?trafficking|trafficked|smuggled|kidnapped|abducted", "trafficking-victims", True, True),
    Act("refused", r"refus(?:ed|es|ing)|denied|reject(?:ed|s)|revok(?:ed|es)|cancel(?:l)?ed|barred", "visas-refused"),
    Act("issued", r"issu(?:ed|es|ing)|granted|approved|extended|processed", "visas-issued"),
    Act("overstayed", r"overstay(?:ed|ing|s)?", "overstays", True),
    Act("stranded", r"stranded|stuck|waiting|wait|sheltering|encamped|trapped|camped|massed|gathered", "migrants"),
    Act("protected", r"protected\s+from\s+deportation|shielded\s+from\s+deportation"
        r"|h(?:o|e)ld\s+(?:temporary\s+)?protected\s+status", "migrants", True),
    Act("live", r"liv(?:e|es|ing)|host(?:s|ed|ing)|register(?:ed|s)?|remain(?:s|ed|ing)?|resid(?:e|es|ing)"
        r"|stay(?:ed|ing|s)?|shelter(?:ed|s)|settled|work(?:s|ed|ing)?|stud(?:y|ied|ying)|home\s+to"
        r"|houses|housing|accommodat(?:es|ed|ing)", "migrants"),
    Act("evacuated", r"evacuat(?:ed|es|ing)|airlifted|flown\s+(?:out|home)|brought\s+home"
        r"|br(?:ing|ought)\s+back", "evacuations", True, True),
)  # fmt: skip
# Who is of the field by the very word, with what a bare number of them counts.
FIELD = (
    (r"unaccompanied\s+(?:migrant\s+|foreign\s+|alien\s+|refugee\s+)?(?:children|minors|under-18s|teenagers|youths)"
     r"|under-18s|migrant\s+(?:workers|labou?rers|children|minors|families|women|men|teenagers)", "migrants"),
    (r"(?:irregular\s+|illegal\s+|undocumented\s+)?(?:im)?migrants(?:\s+and\s+refugees)?|(?:illegal|undocumented)\s+(?:aliens|workers"
     r"|residents|people)|(?:foreign|illegal|criminal)\s+aliens|boat\s+people|foreign-born\s+(?:people|residents)"
     r"|stowaways|[“\"‘']?Dreamers|DACA\s+recipients|guest\s+workers|visa\s+holders", "migrants"),
    (r"refugees?\s+(?:families|children|women|households)|refugees(?:\s+and\s+(?:asylum[\s-]seekers|migrants))?",
     "refugees"),
    (r"(?:failed\s+|rejected\s+)?asylum[\s-]seekers|asylum\s+applicants|asylum[\s-]seeking\s+families",
     "asylum-applications"),
    (r"(?:internally\s+|forcibly\s+)?displaced\s+(?:people|persons|civilians|families|children)|evacuees|idps",
     "displaced-persons"),
    (r"deportees|returnees", "removals"),
    (r"(?:new\s+|sea\s+|irregular\s+|migrant\s+|refugee\s+|small\s+boat\s+)arrivals", "border-entries"),
    (r"(?:people|human|migrant)?[\s-]?(?:smugglers|traffickers)", "border-arrests"),
    (r"(?:human\s+)?trafficking\s+victims|victims\s+of\s+(?:human\s+|sex\s+|people\s+)?trafficking",
     "trafficking-victims"),
)  # fmt: skip
# Peoples that no country is named for.
PEOPLES = (
    r"Rohingyas?|Uyghurs|Uighurs|Kurds|Yazidis|Tibetans|Hazaras|Tamils|Roma|Tigrayans|Hongkongers"
    r"|Europeans|Africans|Asians|Central\s+Americans|Latin\s+Americans|South\s+Americans|Westerners"
)
NEUTRAL = (
    r"people|persons?|individuals|nationals|citizens|foreigners|foreign\s+(?:nationals|workers"
    r"|students|citizens|visitors|tourists)|children|minors|boys|girls|teenagers|adults|relatives"
    r"|family\s+members|women|men|families|travell?ers|passengers|visitors|pilgrims|compatriots"
    rf"|tourists|students|(?:seasonal\s+|domestic\s+)?workers|labou?rers|civilians|residents|arrivals|others|{PEOPLES}"
)
# Acts that are counted themselves.
THINGS = (
    (r"(?:asylum|refugee|protection)\s+(?:applications?|claims?|requests?)"
     r"|applications?\s+for\s+(?:political\s+)?(?:asylum|refugee\s+status)", "asylum-applications"),
    (r"(?:asylum|immigration|refugee|deportation)\s+(?:cases|appeals|hearings)", "other"),
    (r"(?:\w+\s+)?visa\s+(?:applications?|requests|appointments|interviews)", "other"),
    (r"(?:\w+[\s-])?visas", "visas-issued"),
    (r"(?:residence|work|humanitarian|residency|entry)\s+permits|green\s+cards", "visas-issued"),
    (r"deportations|removals|expulsions|repatriations|(?:forced|voluntary)\s+returns|pushbacks", "removals"),
    (r"(?:irregular|illegal|unauthori[sz]ed|unlawful)\s+(?:border\s+)?(?:crossings|entries|arrivals)"
     r"|(?:border|channel|sea|migrant)\s+crossings|crossings", "irregular-crossings"),
    (r"(?:border\s+|migrant\s+)?(?:apprehensions|interceptions|detections)", "border-apprehensions"),
    (r"(?:border\s+|migrant\s+)?encounters", "border-encounters"),
    (r"(?:border\s+|immigration\s+|smuggling\s+)?arrests", "border-arrests"),
    (r"(?:migrant|refugee)\s+deaths", "deaths"),
    (r"(?:refugee|asylum)\s+(?:admissions|arrivals)|resettlements", "resettlements"),
    (r"(?:border\s+|foreign\s+|passenger\s+)?(?:entries|departures)|passenger\s+trips", "border-entries"),
    (r"overstays|visa\s+overstayers", "overstays"),
)  # fmt: skip
# What is counted only as the subject of a verb: "net migration was 258,000".
FLOWS = ((r"net\s+(?:im)?migration", "net-migration"), (r"immigration", "migrants"))

OF_FIELD = re.compile(
    r"\b(?:im|e)?migra(?:nt|t)\w*|\brefugees?\b|\basylum\b|\bdeport\w*|\bvisas?\b|\bborders?\b|\bsmuggl\w+"
    r"|\btraffick(?:ers?|ing|ed)\b(?<!drug\straffickers)(?<!drug\strafficking)|\bconsula\w+|\brepatriat\w+"
    r"|\bresettle\w*|\bdisplaced\b|\bpassports?\b|\billegally\b|\bundocumented\b|\bunlawfully\b|\bsent\s+back\b"
    r"|\bcross(?:ed|ing|es)?\s+(?:to\s+\w+\s+in\s+|the\s+)(?:English\s+|central\s+|eastern\s+|western\s+)*"
    r"(?:Channel|Mediterranean|Aegean|Atlantic|Sahara|desert|Rio\s+Grande|Dari[eé]n)"
    r"|\bports?\s+of\s+entry\b|\b(?:illegal|irregular|unlawful)\s+(?:\w+\s+)?(?:crossing|entr|arrival|stay)\w*"
    r"|\barriv(?:ed|ing|als)\s+by\s+(?:sea|boat)|\bsmall\s+boats\b|\bentry\s+(?:bans?|permits?|refusals?)"
    r"|\b(?:refused|denied)\s+entry\b|\b(?-i:ICE|CBP|Frontex|UNHCR|IOM|USCIS)\b|\bresidence\s+permits?\b|\btravel\s+bans?\b|\bSchengen\b",
    re.IGNORECASE,
)
# Where and how people who are on their way die or are saved.
ROUTES = re.compile(
    r"\b(?:im|e)?migra(?:nt|t)\w*|\brefugees?\b|\basylum\b|\bsmuggl\w+|\btraffick\w+|\bborder\s+crossing"
    r"|\b(?:trying|attempting|attempt|tried|hoping|seeking|way)\s+to\s+(?:cross|reach|enter|get)\b|\bcrossing\b"
    r"|\b(?:Mediterranean|Aegean|English\s+Channel|Dari[eé]n|Rio\s+Grande|Canary\s+Islands|Canaries)\b|\bsmall\s+boats\b",
    re.IGNORECASE,
)

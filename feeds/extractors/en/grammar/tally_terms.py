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
    Act("removed", r"deport(?:ed|s|ing)?|expel(?:led|s|ling)?|repatriat(?:ed|es|ing)|sent\s+(?:back|home)"
        r"|return(?:ed|ing)\s+(?:home|to)|removed(?:\s+from)?", "removals", True, True),
    Act("asylum", r"(?:sought|seeking|requested|claimed|claiming|applied\s+for|applying\s+for)\s+"
        r"(?:political\s+)?(?:asylum|refuge|protection|refugee\s+status)", "asylum-applications", True),
    Act("granted", r"(?:granted|given|received|receiving)\s+(?:asylum|refugee\s+status|protection)",
        "asylum-grants", True),
    Act("resettled", r"resettl(?:ed|es|ing)|admitted|taken\s+in|took\s+in|takes\s+in|let\s+in|welcomed",
        "resettlements"),
    Act("fled", r"fled|flee(?:ing|s)?|displaced|uprooted|driven\s+from\s+their\s+homes|left\s+their\s+homes"
        r"|forced\s+(?:from|out\s+of|to\s+leave)\s+their\s+homes", "displaced-persons", True),
    Act("freed", r"freed|releas(?:ed|es|ing)|liberated", "", True, True),
    Act("carried", r"carr(?:ied|ying|ies)|brought|ferried|transported", "irregular-crossings"),
    Act("crossed", r"cross(?:ed|es|ing)|(?:came|come|coming)\s+across", "irregular-crossings"),
    Act("entered", r"enter(?:ed|ing|s)?|arriv(?:ed|es|ing)|reach(?:ed|es|ing)?|landed|came|coming"
        r"|made\s+(?:it|their\s+way)|head(?:ed|ing)|travell?(?:ed|ing)|seek(?:ing)?", "border-entries"),
    Act("left", r"left|departed|exited", "border-exits"),
    Act("rescued", r"rescu(?:ed|es|ing)|saved|picked\s+up|plucked", "rescues", False, True),
    Act("died", r"died|dead|drown(?:ed|ing)?|killed|perish(?:ed|ing)?|lost\s+their\s+lives|missing"
        r"|disappeared", "deaths", False, True),
    Act("stopped", r"apprehend(?:ed|ing)?|intercept(?:ed|ing)?|caught|stopped|turned\s+(?:back|away)"
        r"|encountered|detected", "border-apprehensions", False, True),
    Act("arrested", r"arrest(?:ed|ing)?", "border-arrests", False, True),
    Act("detained", r"detain(?:ed|s|ing)|held|in\s+(?:immigration\s+)?(?:detention|custody)"
        r"|locked\s+up|imprisoned", "detentions", False, True),
    Act("trafficked", r"trafficked|smuggled|kidnapped|abducted", "trafficking-victims", True, True),
    Act("refused", r"refused|denied|rejected|revoked|cancel(?:l)?ed", "visas-refused"),
    Act("issued", r"issued|granted|approved|extended", "visas-issued"),
    Act("stranded", r"stranded|stuck|waiting|sheltering|encamped|trapped|camped", "migrants"),
    Act("live", r"liv(?:e|es|ing)|host(?:s|ed|ing)|register(?:ed|s)?|remain(?:s|ed|ing)?|resid(?:e|es|ing)"
        r"|stay(?:ed|ing|s)?|shelter(?:ed|s)|settled|work(?:s|ed|ing)?|stud(?:y|ied|ying)", "migrants"),
    Act("evacuated", r"evacuat(?:ed|es|ing)|airlifted|flown\s+(?:out|home)|brought\s+home", "evacuations",
        True, True),
)  # fmt: skip
# Who is of the field by the very word, with what a bare number of them counts.
FIELD = (
    (r"(?:irregular\s+|illegal\s+|undocumented\s+)?(?:migrants?|immigrants?|migrant\s+workers?"
     r"|migrant\s+children)|(?:illegal|undocumented)\s+(?:aliens?|workers?)|aliens|boat\s+people", "migrants"),
    (r"refugees?(?:\s+and\s+(?:asylum[\s-]seekers|migrants))?", "refugees"),
    (r"asylum[\s-]seekers?", "asylum-applications"),
    (r"(?:internally\s+)?displaced\s+(?:people|persons|civilians|families)|evacuees|idps", "displaced-persons"),
    (r"deportees|returnees", "removals"),
    (r"(?:new\s+)?arrivals", "border-entries"),
    (r"under-18s|unaccompanied\s+(?:children|minors|under-18s|teenagers)", "migrants"),
    (r"(?:people|human|migrant)?[\s-]?(?:smugglers|traffickers)", "border-arrests"),
    (r"(?:human\s+)?trafficking\s+victims|victims\s+of\s+(?:human\s+)?trafficking", "trafficking-victims"),
)  # fmt: skip
NEUTRAL = (
    r"people|persons?|individuals|nationals|citizens|foreigners|foreign\s+(?:nationals|workers"
    r"|students|citizens|visitors)|children|minors|women|men|families|travell?ers|passengers|visitors"
    r"|tourists|students|workers|civilians|residents|arrivals"
)
# Acts that are counted themselves.
THINGS = (
    (r"(?:asylum|refugee|protection)\s+(?:applications?|claims?|requests?)", "asylum-applications"),
    (r"(?:\w+\s+)?visa\s+applications?", "other"),
    (r"(?:\w+\s+)?visas", "visas-issued"),
    (r"deportations|removals|expulsions|repatriations|forced\s+returns", "removals"),
    (r"(?:irregular|illegal|unauthori[sz]ed)\s+(?:border\s+)?(?:crossings|entries|arrivals)"
     r"|(?:border|channel|sea)\s+crossings|crossings", "irregular-crossings"),
    (r"(?:border\s+|migrant\s+)?(?:apprehensions|interceptions|detections)", "border-apprehensions"),
    (r"(?:border\s+|migrant\s+)?encounters", "border-encounters"),
    (r"(?:border\s+|immigration\s+|smuggling\s+)?arrests", "border-arrests"),
    (r"(?:migrant|refugee)\s+deaths", "deaths"),
    (r"net\s+(?:im)?migration", "migrants"),
    (r"(?:residence|work|humanitarian)\s+permits", "visas-issued"),
)  # fmt: skip

OF_FIELD = re.compile(
    r"\b(?:im|e)?migra\w+|\brefugees?\b|\basylum\b|\bdeport\w*|\bvisas?\b|\bborders?\b|\bsmuggl\w+"
    r"|\btraffick(?:ers?|ing|ed)\b(?<!drug\straffickers)(?<!drug\strafficking)|\bconsula\w+|\brepatriat\w+"
    r"|\bresettle\w*|\bdisplaced\b|\bpassports?\b|\billegally\b|\bundocumented\b|\bunlawfully\b|\bsent\s+back\b|\b(?:travel|entry)\s+bans?\b|\bSchengen\b|(?-i:\bICE\b)",
    re.IGNORECASE,
)

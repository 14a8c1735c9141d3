"""How texts introduce people in offices, public bodies and news outlets: the words, and their order."""

import re
from functools import cache

import msgspec

from feeds.extractors.en.grammar import places
from feeds.extractors.en.grammar.people import CAP, NAME, SURNAME

_PROPER = (
    r"(?:(?:Foreign|Interior|Justice|Home|State|Federal|National|General|Public)\s+)?"
    r"(?:Ministry|Department|Secretariat|Directorate|Bureau|Service|Agency|Institute|Office"
    rf"|Commission|Authority)(?:\s+(?:of|for)\s+(?:the\s+)?{CAP}(?:(?:,|\s+and|\s+of|\s+&)?"
    rf"\s+{CAP}){{0,6}})"
)
_CAPITALISED = (
    rf"(?:(?!Authorities|Officials){CAP}\s+(?:and\s+)?){{0,4}}(?:Ministry|Department|Service|"
    r"Agency|Authority|Institute|Office|Patrol|Protection|Police|Directorate|Guard|Embassy|Consulate|High\s+Commission)"
    r"(?:\s+(?:authorities|officials))?"
)
_LOWER = (
    r"(?:(?:foreign|interior|justice|home|defen[cs]e|immigration|migration|border|public|security|"
    r"national|refugee|asylum|health|statistical|transport|registration|statistics|customs|federal|civil|tourism|labou?r|affairs|law|enforcement)\s+){0,3}"
    r"(?:ministry|government|authorities|agency|service|officials|office|department|police|embassy"
    r"|institute|administration|coast\s?guard|border\s+guards?|consulate|prosecutors|presidency|cabinet"
    r"|navy|ministers|high\s+commission)"
)
_BODY = rf"(?:{_PROPER}|{_CAPITALISED}|{_LOWER})"
_ROLE = (
    r"(?:(?:[Ff]oreign|[Ii]nterior|[Vv]ice|[Dd]eputy|[Pp]rime|[Pp]ublic|[Ss]ecurity|[Ee]conomy|[Ff]inance|"
    r"[Jj]ustice|[Hh]ome|[Aa]ssistant|[Cc]hief|[Ii]mmigration|[Mm]igration|[Aa]cting|[Tt]ourism|[Ll]abou?r"
    r"|[Dd]efen[cs]e|[Ee]uropean?|[Cc]onsular|[Pp]olice|[Uu]nder|[Ss]pecial|[Ss]enior|[Bb]order|[Pp]ress"
    r"|[Hh]ealth|[Ss]tate|[Aa]ffairs|[Ee]xternal|[Ii]ntegration|[Cc]itizenship|[Pp]arliamentary"
    r"|[Pp]ermanent|[Hh]omeland|[Gg]overnment|[Tt]op)\s+){0,4}(?:[Ss]pokes(?:person|man|woman)|[Mm]inister|[Pp]remier"
    r"|[Pp]resident(?:-[Ee]lect)?|[Aa]mbassador|[Cc]onsul(?:\s+[Gg]eneral)?|[Ss]ecretary[-\s][Gg]eneral"
    r"|[Hh]igh\s+[Cc]ommissioner|(?:[Uu]nder[-\s]?)?[Ss]ecretary(?:\s+of\s+(?:[Ss]tate|[Hh]omeland\s+[Ss]ecurity))?"
    r"|[Dd]irector(?:[-\s][Gg]eneral)?|[Cc]hief|[Cc]ommissioner|[Hh]ead|[Gg]overnor|[Mm]ayor|[Ee]nvoy"
    r"|[Cc]hancellor|[Oo]fficial|[Aa]ttorney(?:\s+[Gg]eneral)?|[Kk]ing|[Cc]zar|[Tt]aoiseach"
    r"|(?:[Ff]oreign\s+[Pp]olicy\s+[Cc]hief|[Hh]igh\s+[Rr]epresentative)|[Dd]iplomat|[Aa]nalyst"
    r"|[Pp]rofessor|[Rr]esearcher|[Ll]awyer|[Aa]dvocate)"
)
OFFICE = re.compile(r"minister|president|ambassador|consul|secretary|chancellor|envoy|governor",
                     re.IGNORECASE)  # fmt: skip


PARTY = re.compile(
    r"\b(?P<party>(?:Tory|Labour|Conservative|Liberal\s+Democrat|Lib\s+Dem|Democratic|Republican|GOP|Green"
    r"|SNP|AfD|UKIP|UK\s+Independence\s+Party|[Pp]arty|[Oo]pposition|[Cc]ampaign|[Gg]roup|[Uu]nion"
    r"|[Cc]ompany|[Aa]irline|[Ss]hadow|[Ff]ormer|[Rr]ights|[Cc]harity|[Cc]lub|[Bb]ank)(?:['’]s)?)\s+$"
)
# "Harvard President": a name that is no country's and opens no clause.
FIRM = re.compile(
    r"(?<![\w-])(?!(?:When|As|While|But|Then|With|After|And|Under|Since|Because|That|If|In|On|At|The|Both"
    r"|For|To|By|From|Like|Vice|Deputy|Acting|Interim|Last|Mr|\w+day|January|February|March|April|May"
    r"|June|July|August|September|October|November|December)\b)(?P<party>[A-Z][\w.&’'-]+)\s+$"
)
HOME_BODIES = ("administration", "government", "cabinet", "immigration", "border", "police", "embassy",
               "foreign ministry", "interior ministry", "justice ministry", "defense ministry",
               "defence ministry", "immigration service", "border guard", "coast guard")  # fmt: skip
"""Bodies that news names without their country where it is that of the whole report."""
# The department that a minister speaks for where the office is no ministry's by name.
DEPARTMENTS = {("US", "secretary of state"): "U.S. Department of State"}


class Patterns(msgspec.Struct, frozen=True):
    """The ways in which agents are introduced, built once."""

    body: re.Pattern[str]
    body_of: re.Pattern[str]
    titled: re.Pattern[str]
    person: re.Pattern[str]
    of_matters: re.Pattern[str]
    unnamed: re.Pattern[str]
    apposition: re.Pattern[str]


@cache
def patterns() -> Patterns:
    """The patterns with the names of all countries in them."""
    place = places.pattern_text()
    # "China's foreign ministry", "Chinese foreign ministry", "the U.S. government"
    possessed = rf"(?<![\w-])(?P<place>{place})(?:['’]s)?\s+(?P<body>{_BODY})"
    return Patterns(
        body=re.compile(rf"{possessed}(?![\w-])(?!\s+{_ROLE}\b)"),
        body_of=re.compile(
            rf"\b(?:[Tt]he\s+)?(?P<body>[Aa]uthorities|[Oo]fficials|[Gg]overnment|[Ee]mbassy|[Pp]olice"
            rf"|(?:[Ff]oreign|[Ii]nterior)\s+[Mm]inistry|{_PROPER})\s+(?:in|of)\s+(?P<place>{place})(?![\w-])"
        ),
        # "Chile's president, Rosa Diaz, said"
        titled=re.compile(
            rf"(?<![\w-])(?P<place>{place})(?:['’]s)?\s+(?P<body>{_BODY}\s+)?(?P<role>{_ROLE}),\s+"
            rf"(?P<name>{NAME})(?=,|\s+\w+ed\b|\s+said\b|\s+says\b)"
        ),
        person=re.compile(
            rf"(?:(?<![\w-])(?P<place>{place})(?:['’]s)?\s+)?(?P<body>{_BODY}\s+)?"
            rf"\b(?P<role>{_ROLE})(?:\s+to\s+(?:the\s+)?(?:{place}|United\s+Nations|UN|U\.N\.))?"
            # "the foreign minister, Salim Harthy, said"
            rf"(?:\s+|,\s+(?={NAME},\s+(?:said|says|told|has|also|warned|called|urged|insisted|who)\b))"
            rf"(?P<name>{NAME}|{SURNAME}\b)"
        ),
        # "Under Secretary for Arms Control and Security Salim Harthy"
        of_matters=re.compile(
            rf"(?:(?<![\w-])(?P<place>{place})(?:['’]s)?\s+)?\b(?P<role>{_ROLE}\s+(?:for|of)\s+(?:the\s+)?"
            rf"{CAP}(?:(?:,|,?\s+and|\s+of|\s+&)?\s+{CAP}){{0,6}}?)\s+(?P<name>{CAP}\s+{CAP})"
            r"(?=,|\s+[a-z])(?P<body>)"
        ),
        # "the Omani foreign ministry spokesman said", without a name
        unnamed=re.compile(
            rf"(?:\b[Aa]n?\s+|\b[Tt]he\s+)?(?<![\w-])(?P<place>{place})(?:['’]s)?\s+"
            rf"(?P<body>{_BODY}\s+)?(?P<role>{_ROLE})s?(?![\w-])"
        ),
        apposition=re.compile(
            rf"\b(?P<name>{NAME}),\s+(?:an?\s+|the\s+)?(?:(?P<lead>{place})(?:['’]s)?\s+)?"
            rf"(?:(?P<body2>{_BODY})\s+)?(?P<role>{_ROLE})"
            rf"(?:\s+(?:for|of|at|with|in)\s+(?:the\s+)?(?P<place>{place})"
            rf"(?:['’]s)?(?:\s+(?P<body>{_BODY}))?)?(?=,)"
        ),
    )


AT_HOME = re.compile(
    rf"\b(?:[Aa]n?|[Tt]he)\s+(?:(?:senior|top|high-ranking)\s+)?(?P<body>{'|'.join(HOME_BODIES)})\s+"
    r"(?P<role>spokes(?:man|woman|person)|official)(?![\w-])"
    r"|\b(?:[Ss]enior|[Tt]op)\s+(?P<body2>administration|government|immigration)\s+officials(?![\w-])"
    r"|\b[Tt]he\s+(?P<body3>(?:[Ii]nterior|[Ff]oreign|[Jj]ustice|[Ii]mmigration|[Mm]igration|[Cc]oast"
    r"|[Bb]order|[Hh]ome\s+[Aa]ffairs)\s+(?:[Mm]inistry|[Gg]uard|[Dd]epartment))(?![\w-])(?!\s+(?:of|in)\b)"
)
OUTLETS = (
    re.compile(rf"\b[Aa]ccording\s+to\s+(?:the\s+)?(?P<name>{CAP}(?:\s+{CAP}){{0,4}})"),
    re.compile(
        rf"\b(?:news\s+)?(?:outlet|agency|newspaper|daily|website|news\s+site|magazine|broadcaster|"
        rf"think\s+tank|non-profit|nonprofit|rights\s+group)\s+(?P<name>{CAP}(?:\s+{CAP}){{0,3}})"
    ),
    re.compile(
        rf"\b(?:report|study|article|survey)\s+(?:published\s+|released\s+|issued\s+)?by\s+"
        rf"(?:the\s+)?(?:[\w-]+-based\s+)?(?P<name>{CAP}(?:\s+{CAP}){{0,3}})"
    ),
)

# A sentence without any of these words introduces nobody.
SPEAKING_WORDS = re.compile(
    r"spokes|minist|premier|presiden|ambassador|consul|secretar|commission|director|chief|head|governor"
    r"|mayor|envoy|chancellor|official|attorney|king|czar|taoiseach|representative|diplomat|analyst"
    r"|professor|researcher|lawyer|advocate|government|authorit|agency|service|office|department|police"
    r"|embass|high\s+commission|institut|administration|coast|border|prosecut|cabinet|navy|bureau|patrol|protection"
    r"|directorate|guard",
    re.IGNORECASE,
)

"""The ways in which English says what happens to migrants, refugees, deportees and smugglers."""

from typing import Literal

import msgspec

from feeds.extractors.en.grammar.migrants import (
    BOAT,
    CROSSING,
    IMMIGRATION,
    MIGRANTS,
    PERSONS,
    SMUGGLERS,
    VEHICLE,
)
from feeds.extractors.en.grammar.tolls import NUMBER
from tracker.domain.values import IncidentType

_NUMBERED = rf"(?:(?i:{NUMBER})(?:\s+[\w’'-]+){{0,3}}?\s+{PERSONS})"
_SOME = rf"(?:{MIGRANTS}|{_NUMBERED}|\b(?:[Dd]ozens|[Hh]undreds|[Ss]cores|[Tt]housands)\b)"


Voice = Literal["active", "passive", "intransitive", "noun", "after", "bare"]


class Rule(msgspec.Struct, frozen=True):
    """One way in which English says that something of a kind happens.

    `verbs` are their bases, or a pattern where `voice` is "noun" or "after". `to` is whom they
    concern: behind an active verb, before a passive or an intransitive one or before ("after") the
    pattern; a noun and a bare verb stand alone.
    `near`: words that must stand in the sentence. `around`: that the words may as well stand in
    the sentences beside it. `feared` lets "may have" pass, as it does for the dead.
    """

    name: str
    kind: IncidentType
    verbs: str
    to: str
    voice: Voice
    near: str = ""
    around: bool = False
    feared: bool = False
    counts: bool = False
    """Whether the number beside the verb counts those concerned."""
    sure: str = "0.8"


_SOMEBODY = (
    r"\b[Aa]n?\s+(?:[\w-]+\s+){1,4}?(?:girl|boy|man|woman|child|baby|toddler|teenager|detainee|family"
    r"|couple)\b"
)
_HELD = (
    "arrest detain apprehend intercept round_up hold catch capture nab take_into_custody seize stop"
)
_TRIED = f"{_HELD} charge indict convict sentence jail extradite imprison"
_SENT = (
    "deport expel remove return send_back turn_back push_back fly_back drive_back turn_away transfer "
    "abandon"
)
_REMOVED = f"{_SENT} repatriate send fly_home"
# Who repatriates people may be their own country that brings them home.
_THE_LAND = "deport expel"
_DIED = "die drown suffocate perish freeze_to_death asphyxiate lose_their_lives"
_OF_MIGRANTS = rf"(?i:{MIGRANTS}|{CROSSING}|\b(?:im)?migrants?\b|{SMUGGLERS}|\bRohingya\b)"
_ON_THE_MOVE = rf"{_OF_MIGRANTS}|(?i:\bmigration\b)"
_KEPT = rf"{IMMIGRATION}|{MIGRANTS}"
_ANYBODY = rf"{MIGRANTS}|{PERSONS}"

RULES: tuple[Rule, ...] = (
    # Boats and other vehicles.
    Rule("vessel-lost", "drowning", "capsize sink overturn founder run_aground break_up flip_over go_down crash collide",
         BOAT, "intransitive", _ON_THE_MOVE, around=True, sure="0.9"),
    Rule("vessel-noun", "drowning", r"\b(?:shipwreck|boat\s+disaster|capsizing|sinking\s+of)\b", "", "noun",
         _OF_MIGRANTS, around=True),
    Rule("vehicle-crash", "accident", "crash collide overturn plunge hit", VEHICLE, "intransitive",
         _OF_MIGRANTS),
    # Deaths.
    Rule("migrants-die", "other", _DIED, MIGRANTS, "intransitive", feared=True, sure="0.9"),
    Rule("persons-die", "other", _DIED, _NUMBERED, "intransitive", _OF_MIGRANTS, feared=True),
    Rule("migrants-killed", "killing", "kill shoot murder execute massacre", MIGRANTS, "passive", feared=True,
         sure="0.9"),
    Rule("kills-migrants", "killing", "kill murder execute massacre", MIGRANTS, "active", sure="0.9"),
    Rule("persons-killed", "accident", "kill", _NUMBERED, "passive", _OF_MIGRANTS, feared=True),
    Rule("kills-persons", "accident", "kill", rf"(?i:{NUMBER})", "active", _OF_MIGRANTS),
    Rule("found-dead", "other", r"\b(?:found|discovered|shot|stabbed)\s+dead\b", _SOME, "after", _OF_MIGRANTS,
         sure="0.9"),
    Rule("deaths-of", "other",
         rf"\b(?:deaths?|bodies|body|remains|drownings?|killings?|loss)\s+of\s+(?:[\w’'-]+\s+){{0,4}}?{MIGRANTS}", "",
         "noun", sure="0.9"),
    Rule("loss-of-life", "other", r"\b(?:tragic\s+)?loss\s+of\s+(?:human\s+)?life\b", "", "noun", _OF_MIGRANTS,
         around=True),
    Rule("dies-in-custody", "other", "die", _SOMEBODY, "intransitive",
         rf"{CROSSING}|\b(?:Border\s+Patrol|ICE|[Ii]mmigration)\b|\b(?:im)?migrant\b"),
    Rule("dead-noun", "other", rf"(?:(?i:{NUMBER})(?:\s+[\w’'-]+){{0,2}}?\s+(?:dead|bodies|deaths)\b)", "", "noun",
         rf"{MIGRANTS}|{CROSSING}|{SMUGGLERS}"),
    # Taken by force.
    Rule("kidnapped", "kidnapping", "kidnap abduct take_hostage", MIGRANTS, "passive", counts=True, sure="0.9"),
    Rule("kidnaps", "kidnapping", "kidnap abduct take_hostage", MIGRANTS, "active", counts=True, sure="0.9"),
    Rule("frees", "kidnapping", "free liberate release", _SOME, "active",
         rf"{SMUGGLERS}|\b(?:captivity|captors|kidnapp\w+|hostages?|ransom|held\s+by)\b", counts=True),
    # Smugglers and traffickers of people.
    Rule("crew-held", "smuggling", _TRIED, r"\b(?:captains?|skippers?|crew|helmsm[ae]n|boat\s+drivers?)\b",
         "active", _OF_MIGRANTS, around=True, counts=True),
    Rule("smugglers-held", "smuggling", _TRIED + " dismantle bust break_up raid", _SOME + rf"|{SMUGGLERS}"
         r"|\b(?:[Aa]|[Tt]he|[Aa]n)\s+(?:[\w-]+\s+){0,4}(?:man|woman|ring|network|gang|suspects?|leader|group|captain"
         r"|driver|organi[sz]ation|couple|smuggler|trafficker)\b", "active", SMUGGLERS, counts=True, sure="0.9"),
    Rule("smugglers-are-held", "smuggling", _TRIED + " dismantle bust break_up raid", _SOME + rf"|{SMUGGLERS}"
         r"|\b(?:[Aa]|[Tt]he|[Aa]n|[Tt]wo)\s+(?:[\w-]+\s+){0,4}(?:man|men|woman|ring|network|gang|suspects?|leader|group|captain"
         r"|driver|organi[sz]ation|couple|smugglers?|traffickers?)\b", "passive", SMUGGLERS, counts=True, sure="0.9"),
    # Sent away.
    Rule("removes", "expulsion", _REMOVED, MIGRANTS, "active", counts=True),
    Rule("removed", "expulsion", _REMOVED, MIGRANTS, "passive", counts=True),
    Rule("deports", "expulsion", _THE_LAND, _ANYBODY, "active", counts=True),
    Rule("deported", "expulsion", _THE_LAND,
         rf"{_SOME}|\b[Aa]n?\s+(?:[\w’'-]+\s+){{1,4}}?[\w’'-]+\b"
         r"|\b[A-Z][\w’'-]+\s+[A-Z][\w’'-]+(?=,|\s+(?:is|was|has)\b)", "passive", counts=True),
    Rule("sends-away", "expulsion", _SENT, _NUMBERED, "active", IMMIGRATION, counts=True),
    Rule("receives-deported", "expulsion", "receive accept admit carry take_in",
         rf"\b(?:deported|expelled)\s+(?:[\w-]+\s+){{0,2}}?(?:{_ANYBODY})", "active", counts=True),
    Rule("deportation-flight", "expulsion", "arrive land depart leave carry take_off",
         r"\b(?:deportation|repatriation|removal)\s+(?:flight|plane)s?|\b(?:plane|flight|aircraft)\s+"
         r"(?:[\w-]+\s+){0,2}?(?:carrying|with|of)\s+(?:[\w-]+\s+){0,4}?deportees|\bdeportees\b", "intransitive",
         counts=True),
    # Held.
    Rule("holds-migrants", "detention", _HELD, MIGRANTS, "active", counts=True),
    Rule("migrants-held", "detention", _HELD, MIGRANTS, "passive", counts=True),
    Rule("holds-persons", "detention", _HELD, _SOME, "active", _KEPT, counts=True),
    Rule("persons-held", "detention", _HELD, _SOME, "passive", _KEPT, counts=True),
    Rule("raid", "detention", "raid", "", "bare", IMMIGRATION),
    # Violence.
    Rule("attacks-migrants", "attack", "attack assault beat stab shoot wound injure fire_at fire_on open_fire_on torture",
         MIGRANTS, "active"),
    Rule("migrants-attacked", "attack", "attack assault beat stab shoot wound injure torture", MIGRANTS, "passive"),
    Rule("force-used", "attack", r"\b(?:tear\s+gas|water\s+cannons?|rubber\s+bullets|live\s+ammunition)\b", "",
         "noun", MIGRANTS),
    Rule("clash", "protest", "clash riot storm", MIGRANTS, "intransitive"),
    Rule("crowd-clashes", "protest", "clash riot", r"\b(?:[Pp]rotesters|[Dd]emonstrators|[Rr]ioters|[Cc]rowds?|[Mm]obs?"
         r"|[Rr]esidents)\b", "intransitive", r"\b(?:asylum|(?i:anti-)?(?:im)?migra\w+|refugees?|ICE)\b"),
    Rule("rush-the-border", "protest", "storm rush breach break_through scale climb_over jump_over climb force_open try_to_storm try_to_break "
         "try_to_force attempt_to_storm attempt_to_break",
         r"\b(?:border|fence|crossing|frontier|barrier|police\s+(?:lines?|cordons?))\b", "active", MIGRANTS),
    Rule("anti-migrant-riot", "protest",
         r"\banti-(?:im)?migra(?:nt|tion)\s+(?:riots?|violence|unrest|disorder|clashes|pogrom)", "", "noun"),
    Rule("shelter-attacked", "attack", "attack storm torch firebomb burn_down open_fire_on shoot_at set_fire_to",
         r"\b(?:hotel|hostel|building|home|house|shelter|cent(?:re|er)|accommodation)\s+(?:housing|hosting|for|that\s+houses"
         r"|used\s+(?:by|to\s+house))\s+(?:[\w-]+\s+){0,2}?(?:asylum[\s-]seekers|refugees|migrants)\b|"
         r"\b(?:asylum[\s-]seekers?|refugees?|(?:im)?migrants?)['’]?s?\s+(?:hotel|hostel|accommodation|shelter"
         r"|cent(?:re|er)|camp|home)|\b(?:ICE|immigration|Border\s+Patrol)\s+(?:facility|office|detention|agents|officers"
         r"|building)", "active"),
    Rule("blocks", "other", "block repel thwart", MIGRANTS, "active", counts=True, sure="0.7"),
    Rule("camp-cleared", "other", "clear evacuate dismantle", r"\b(?:camp|encampment|squat)\b", "active",
         MIGRANTS, sure="0.7"),
    # Rescues and arrivals.
    Rule("rescues", "other", "rescue save pick_up", _SOME, "active", _OF_MIGRANTS, counts=True, sure="0.7"),
    Rule("rescued", "other", "rescue save", _SOME, "passive", _OF_MIGRANTS, counts=True, sure="0.7"),
    Rule("vessel-lands", "other", "arrive land dock disembark", BOAT, "intransitive", _OF_MIGRANTS, counts=True,
         sure="0.7"),
    Rule("crowd-arrives", "other", "arrive reach cross_into leave depart set_off set_out enter", r"\b(?:[Dd]ozens|[Hh]undreds|[Tt]housands|[Ss]cores)"
         rf"\s+of\s+(?:[\w’'-]+\s+){{0,3}}?{MIGRANTS}|\b(?:im)?migrant\s+caravan", "intransitive", sure="0.7"),
)  # fmt: skip

"""What a subscription watches, where and at what pace, in words."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import msgspec

from tracker.console.site import moment_text, whom
from tracker.domain.countries import country_name
from tracker.domain.filter import CONFLICT, ENTRY_RULE, Filter
from tracker.domain.metrics import METRICS
from tracker.domain.pacing import Pacing
from tracker.tables.channels import Channel

TYPE_WORDS = {
    ENTRY_RULE: "changes of entry rules",
    CONFLICT: "facts that begin to disagree",
    "policy-proposed": "policies proposed",
    "policy-changed": "policies changed",
    "policy-observed": "policies observed",
    "policy-rejected": "policies rejected",
    "statement-made": "statements",
    "statistic-published": "figures",
    "incident-reported": "incidents",
    "incident-updated": "news of an incident",
    "incident-disputed": "incidents disputed",
    "claim-made": "claims",
    "position-announced": "positions",
    "fact-corrected": "corrections",
    "fact-retracted": "retractions",
}
CREDIBILITY = {
    1: "1, confirmed",
    2: "2, probably true",
    3: "3, possibly true",
    4: "4, doubtful",
    5: "5, improbable",
    6: "6, cannot be judged",
}
FORGOTTEN = "a channel that is forgotten"
OPTION_WORDS = {
    "include-drafts": "drafts too, marked unconfirmed",
    "include-first-knowledge": "what becomes known for the first time",
    "include-past": "changes whose date is past",
    "include-imports": "what imports bring",
    "at-once": "at once, without the half minute for an undo",
    "critical": "critical: analysts hear of drafts that nobody reads",
    "desk-notices": "notices to the desk about unread critical drafts",
}


class Words(msgspec.Struct, frozen=True):
    """One limit of a filter, said in words."""

    label: str
    said: str


def words_of(watched: Filter, names: Mapping[str, str]) -> list[Words]:
    """The filter, limit by limit; `names` turns the ids of parties into names."""
    said: list[tuple[str, Iterable[str]]] = [
        ("what", [TYPE_WORDS.get(t, t.replace("-", " ")) for t in watched.types or (ENTRY_RULE,)]),
        ("entering", map(country_name, watched.destinations)),
        ("passport of", map(whom, watched.nationalities)),
        ("touching", map(country_name, watched.countries)),
        ("the rules", map(key_words, watched.entry_rules)),
        ("on the way", [" – ".join(map(country_name, way)) for way in watched.corridors]),
        ("people and bodies", [names.get(party, party) for party in watched.parties]),
        ("figures of", [METRICS[m].name if m in METRICS else m for m in watched.metrics]),
        ("policies", watched.policies),
        ("incidents", [kind.replace("-", " ") for kind in watched.incident_types]),
        ("with the words", [f"“{text}”" for text in watched.words]),
        ("direction", watched.directions),
    ]
    least = [
        ("severity", watched.min_severity, "or above"),
        ("credibility", watched.min_credibility, "or better"),
        ("independent origins", watched.min_origins, "or more"),
    ]
    several = [Words(label, either(those)) for label, values in said if (those := list(values))]
    return several + [Words(label, f"{bound} {how}") for label, bound, how in least if bound]


def key_words(key: str) -> str:
    """An entry rule's key such as `EC|CN` in words."""
    where, _, who = key.partition("|")
    return f"{country_name(where)} for {whom(who)}"


def either(values: list[str]) -> str:
    """Alternatives as a sentence has them."""
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))


def pacing_words(pacing: Pacing | None) -> str:
    """When somebody is told."""
    if pacing is None or pacing == Pacing():
        return "each at once"
    zone = pacing.zone or "UTC"
    said: list[str] = []
    if pacing.digest:
        at = f" at {pacing.digest_at or '08:00'}" if pacing.digest != "hourly" else ""
        on = f" on {(pacing.digest_on or 'monday').title()}" if pacing.digest == "weekly" else ""
        said.append(f"{pacing.digest} digest{on}{at}")
    if pacing.quiet:
        said.append(f"quiet from {pacing.quiet.begins} to {pacing.quiet.ends}")
    if pacing.group_s:
        said.append(f"together within {pacing.group_s} s")
    if pacing.most_per_hour:
        said.append(f"at most {pacing.most_per_hour} an hour")
    if pacing.muted_until:
        said.append(f"muted until {moment_text(pacing.muted_until)}")
    if pacing.passing_severity:
        said.append(f"severity {pacing.passing_severity} or above at once")
    if not pacing.weekly_note:
        said.append("no weekly note")
    if pacing.weekly_note_on or pacing.weekly_note_at:
        day = (pacing.weekly_note_on or "monday").title()
        said.append(f"weekly note on {day} at {pacing.weekly_note_at or '09:00'}")
    return f"{', '.join(said) or 'each at once'} ({zone})"


def channel_words(channel: Channel | None) -> str:
    """Where a channel leads, without what its address may keep secret."""
    if channel is None:
        return FORGOTTEN
    match channel.kind:
        case "webhook":
            return f"webhook at {urlsplit(str(channel.settings['url'])).hostname}"
        case "email":
            return f"mail to {channel.settings['address']}"
        case _:
            return "read as Atom, JSON Feed or a stream"

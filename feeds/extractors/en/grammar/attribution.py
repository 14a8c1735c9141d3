"""Whose words a sentence gives: short forms, speech verbs, and the chain back to the origin."""

import re

import msgspec

from feeds.extractors.en.grammar.agents import Agent, Mention, introduced
from feeds.extractors.en.grammar.people import NAME
from feeds.extractors.en.grammar.sentences import Sentence
from feeds.items import RawItem
from tracker.domain.values import Hop

_QUOTATION = re.compile(r"“([^“”]{2,})”|\"([^\"]{2,})\"")
SPEECH = (
    r"(?:said|says?|saying|told|tells|added|adds|stated|states\s+that|declared|declares|wrote|writes"
    r"|stressed|stresses|warned|warns|insisted|insists|claimed|claims\s+(?:that|to|it|the|he|she|they)|argued|argues|urged|urges"
    r"|called\s+(?:on|for|it|the|upon)|calls\s+(?:on|for|it|the|upon)|calling\s+(?:on|for)"
    r"|denied|denies|vowed|vows|pledged|pledges|accused|accuses|condemned|condemns|criticized|criticised"
    r"|criticizes|criticises|defended|defends|rejected\s+(?:claims|accusations|allegations|reports|criticism)"
    r"|reiterated|reiterates|reaffirmed|acknowledged|acknowledges|admitted\s+that|admits\s+that"
    r"|demanded|demands|expressed|expresses|blamed|blames|suggested|suggests|remarked|threatened"
    r"|threatens|responded|responds|replied|replies|described|describes|dismissed|dismisses"
    r"|welcomed\s+the|welcomes\s+the|thanked|thanks|praised|praises|asserted|asserts|maintained\s+that"
    r"|lamented|deplored|deplores|asked|asks|pointed\s+out|points\s+out|promised|promises"
    r"|tweeted|tweets|posted|rejected\s+the|rejects\s+the|rejects)"
)
_REPORTING = (
    r"(?:announced|announces|explained|explains|reported|reports|estimates|estimated|noted|notes"
    r"|confirmed|confirms|recorded|registered|revealed|reveals?|found|shows?|showed|counted"
    r"|published|predicted|predicts|anticipates?|expects?|believes?)"
)
_VERB = re.compile(rf"\b(?P<verb>{SPEECH}|{_REPORTING})\b")
_BEFORE_VERB = re.compile(
    r"(?:\s+(?:also|later|has|had|have|then|repeatedly|earlier|further|has\s+repeatedly"
    r"|on\s+\w+day|in\s+a\s+\w+|last\s+\w+|this\s+\w+|\w+ly|statistics|data|figures))*\s+|\s*,\s+(?:[^,“”\"]{1,90},\s+)?"
)
_BETWEEN_VERB = re.compile(r"\s+")
_ACCORDING = re.compile(
    r"\b(?P<cue>according\s+to|citing|cited|quoting|(?:published|released|issued|provided)\s+by"
    r"|(?:figures|data|statistics|numbers)\s+from)\s+(?:the\s+|an?\s+)?"
    r"(?:\w+\s+){0,3}?(?:(?:report|study|statistics|data|figures|information)\s+"
    r"(?:\w+\s+)?(?:by|from|of)\s+(?:the\s+)?)?",
    re.IGNORECASE,
)
_SHORT_BODY = re.compile(
    r"\b[Tt]he\s+(?P<word>[Mm]inistry|[Gg]overnment|[Aa]gency|[Dd]epartment|[Ee]mbassy|[Aa]uthorities)\b"
)
_PRONOUN = re.compile(r"\b(?P<word>[Hh]e|[Ss]he|[Ii]t|[Tt]hey)\b")
_PLAIN_NAME = re.compile(rf"\b{NAME}")
_BYLINE = re.compile(r"^By\s[^\n]{2,80}?\sfor\s(?:the\s)?(?P<name>[^\n.]{2,60})$", re.MULTILINE)
_TRANSLATED = re.compile(r"^Translated\b", re.MULTILINE)
_SYNDICATED = re.compile(r"\((?P<via>[A-Z][\w. ]{1,40}?)\s?[-–—]\s?(?P<name>[A-Z][^()\n]{2,60})\)")
_REMEMBERED = 200
"""Agents kept in mind: more than any report names, few enough for a text that is none."""
_REFERS_BACK = 3
"""Paragraphs over which a pronoun may reach back to whoever spoke last."""


class Quotation(msgspec.Struct, frozen=True):
    """Words between quotation marks, by offsets without the marks."""

    start: int
    end: int


class Speech(msgspec.Struct, frozen=True):
    """An agent who is said to say or report something, and the words that say so."""

    mention: Mention
    verb: str
    start: int
    end: int

    @property
    def agent(self) -> Agent:
        """Who speaks."""
        return self.mention.agent


def quotations(text: str, start: int, end: int) -> list[Quotation]:
    """The quotations between two offsets; none where straight marks do not pair."""
    if text.count('"', start, end) % 2:
        return []
    return [
        Quotation(match.start() + 1, match.end() - 1)
        for match in _QUOTATION.finditer(text, start, end)
    ]


class Cast(msgspec.Struct):
    """Everybody named so far while a document is read from top to bottom."""

    text: str
    known: list[Mention]
    last: dict[str, tuple[Mention, int]]
    """The last speaker of each kind, with the paragraph."""

    def speeches(self, sentence: Sentence) -> list[Speech]:
        """The speech acts of the next sentence; who is named in it is remembered."""
        quoted = quotations(self.text, sentence.start, sentence.end)
        mentions = self._mentions(sentence, quoted)
        found: list[Speech] = []
        for verb in _VERB.finditer(self.text, sentence.start, sentence.end):
            if not _within(verb.start(), quoted):
                speech = self._subject(verb, mentions)
                if speech:
                    found.append(speech)
        for cue in _ACCORDING.finditer(self.text, sentence.start, sentence.end):
            near = [m for m in mentions if 0 <= m.start - cue.end() <= 4 or
                    cue.start() < m.start < cue.end() <= m.end]  # fmt: skip
            if near and not _within(cue.start(), quoted):
                found.append(Speech(near[0], cue["cue"].lower(), cue.start(), near[0].end))
        for speech in found:
            if speech.agent.kind != "outlet":
                self.last[speech.agent.kind] = (speech.mention, sentence.paragraph)
        return found

    def _subject(self, verb: re.Match[str], mentions: list[Mention]) -> Speech | None:
        for mention in reversed(mentions):
            if mention.end <= verb.start() and _BEFORE_VERB.fullmatch(
                self.text, mention.end, verb.start()
            ):
                return Speech(mention, verb["verb"], mention.start, verb.end())
        for mention in mentions:
            # "said Lin Jian", but neither "told Lin Jian" nor "said it was"
            if (
                verb["verb"] in ("said", "added", "says")
                and not _PRONOUN.fullmatch(self.text, mention.start, mention.end)
                and mention.start >= verb.end()
                and _BETWEEN_VERB.fullmatch(self.text, verb.end(), mention.start)
            ):
                return Speech(mention, verb["verb"], verb.start(), mention.end)
        return None

    def _mentions(self, sentence: Sentence, quoted: list[Quotation]) -> list[Mention]:
        text, start, end = self.text, sentence.start, sentence.end
        full = [
            m for m in introduced(text, start, end)
            if not (_within(m.start, quoted) or self._is_person(m))
        ]  # fmt: skip
        found = list(full)
        for rule, resolve in (
            (_SHORT_BODY, self._short_body),
            (_PRONOUN, self._pronoun),
            (_PLAIN_NAME, self._named),
            (_SURNAME, self._surname),
        ):
            for match in rule.finditer(text, start, end):
                free = all(match.end() <= m.start or m.end <= match.start() for m in found)
                if free and not _within(match.start(), quoted):
                    agent = resolve(match, sentence)
                    if agent:
                        found.append(Mention(agent, match.start(), match.end(), full=False))
        self.known += full
        del self.known[:-_REMEMBERED]
        return sorted(found, key=lambda m: m.start)

    def _is_person(self, mention: Mention) -> bool:
        """Whether what looks like an outlet ("according to Lin") is somebody named before."""
        return mention.agent.kind == "outlet" and any(
            mention.agent.name in (*_short_forms(k.agent), k.agent.name)
            for k in self.known
            if k.agent.kind == "person"
        )

    def _short_body(self, match: re.Match[str], sentence: Sentence) -> Agent | None:
        word = match["word"].lower()
        matching = [m.agent for m in self.known
                    if m.agent.organisation and word in m.agent.organisation.lower()]  # fmt: skip
        if not matching:
            return None
        last = matching[-1]
        if last.kind == "body":
            return last
        name = last.organisation or ""
        return Agent(name, "body", country=last.country, organisation=name, official=True)

    def _pronoun(self, match: re.Match[str], sentence: Sentence) -> Agent | None:
        kind = "person" if match["word"].lower() in ("he", "she") else "body"
        mention, paragraph = self.last.get(kind, (None, 0))
        if mention is None or sentence.paragraph - paragraph > _REFERS_BACK:
            return None
        later = [m for m in self.known if m.start > mention.start and m.agent.kind == kind
                 and m.agent.name != mention.agent.name and m.start < match.start()]  # fmt: skip
        return None if later else mention.agent

    def _named(self, match: re.Match[str], sentence: Sentence) -> Agent | None:
        name = " ".join(match[0].split())
        return next((m.agent for m in reversed(self.known) if m.agent.name == name), None)

    def _surname(self, match: re.Match[str], sentence: Sentence) -> Agent | None:
        agents = {m.agent.name: m.agent for m in self.known if match[0] in _short_forms(m.agent)}
        return next(iter(agents.values())) if len(agents) == 1 else None


_SURNAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’-]{1,24}\b")


def _short_forms(agent: Agent) -> tuple[str, ...]:
    if agent.kind == "outlet":
        return (agent.name,)
    # Chinese names put the family first; whichever stands alone must be unique in the document.
    return (agent.name.split()[0], agent.name.split()[-1]) if agent.kind == "person" else ()


def _within(offset: int, quoted: list[Quotation]) -> bool:
    return any(q.start - 1 <= offset < q.end + 1 for q in quoted)


def publishers(item: RawItem) -> tuple[Hop, ...]:
    """The hops that every fact of a document has: its publisher, and whom that one took it from."""
    hops: list[Hop] = []
    if item.publisher:
        hops.append(Hop(agent=item.publisher, relation="published", basis="stated"))
    head = item.text[item.body_start : item.body_start + 1500]
    syndicated = _SYNDICATED.search(head[:200])
    byline = _BYLINE.search(head)
    if syndicated and syndicated["name"] != item.publisher:
        if syndicated["via"] != item.publisher and not hops:
            hops.append(Hop(agent=syndicated["via"].strip(), relation="published", basis="stated"))
        hops.append(_taken(syndicated["name"], "published", syndicated[0]))
    if byline and byline["name"] != item.publisher:
        translated = _TRANSLATED.search(item.text) is not None
        hops.append(_taken(byline["name"], "translates" if translated else "published", byline[0]))
    return tuple(hops)


def _taken(name: str, relation: str, cue: str) -> Hop:
    return msgspec.convert(
        {"agent": name.strip(), "relation": relation, "basis": "stated", "cue": cue}, Hop
    )

"""Everybody named in a document: in full, by short forms, and as the subjects of verbs of speech."""

import re
from datetime import date

import msgspec

from feeds.extractors.en.grammar.agents import Agent, Mention, introduced, short_forms
from feeds.extractors.en.grammar.attribution import Quotation, Speech, quotations
from feeds.extractors.en.grammar.holders import Holder, holder, titled
from feeds.extractors.en.grammar.people import NAME, names_in
from feeds.extractors.en.grammar.sentences import Sentence
from feeds.extractors.en.grammar.speaking import INVERTED, PARTICIPLE, VERB, is_speech

_BEFORE_VERB = re.compile(
    r"(?:\s+\([A-Z][\w.-]{1,12}\))?"
    # "the embassy in Lima warned", "the IOM chief of mission in Libya, told"
    r"(?:\s+(?:in|at|to)\s+(?:the\s+)?[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+){0,2}"
    r"|\s+(?:of|for|in|to)\s+[^,“”\"]{2,60}(?=,))?"
    r"(?:(?:\s+(?:also|later|has|had|have|then|earlier|further|again|today|yesterday|who|still"
    r"|(?:is|are|was|were)(?=\s+\w+ing\b)|on\s+\w+day|in\s+(?:a|an|his|her|its|their)\s+(?:\w+\s+)?\w+|at\s+a\s+(?:\w+\s+)?\w+"
    r"|last\s+\w+|this\s+\w+|\w+ly|\w+day|statistics|data|figures))*\s+"
    r"|\s*,\s+(?:who\s+(?:has\s+|have\s+|had\s+|also\s+)*|[^,“”\"]{1,90},\s+(?:\w+\s+){0,2}?)?)"
)
# "Lin, accused of lying, left": behind a comma only verbs without an object are Lin's own.
_BARE_COMMA = re.compile(r"\s*,\s+")
# What stands behind a preposition is no subject, except for whom somebody speaks.
_COMPLEMENT = re.compile(
    r"(?P<head>\w+)\s+(?:of|for|from|by|to|against|about|between|with|in|at|on)\s+"
    r"(?:the\s+|an?\s+|its\s+|their\s+)?$"
)
_SPEAKS_FOR = re.compile(
    r"(?:spokes\w+|officials?|officers?|representatives?|heads?|directors?|chiefs?|ministers?|members?)",
    re.IGNORECASE,
)
_BETWEEN_VERB = re.compile(r"\s+")
_CLAUSE = re.compile(r",\s+(?:\w+ly\s+|while\s+|and\s+)?$")
_AND = re.compile(r"\band\s+(?:also\s+)?$")
_OPENS = re.compile(
    r"(?:[Tt]he\s+|[Aa]n?\s+|In\s+[^,]{3,40},\s+(?:the\s+)?|On\s+\w+,?\s+(?:the\s+)?)?"
)
_STRANGER = re.compile(
    r"(?:\b(?:[Aa]n?|[Oo]ne|[Aa]nother|[Ss]ome)\s+(?:[\w-]+\s+){0,4}[\w-]+|[A-ZÀ-ÖØ-Þ][\w’'-]+)\s+$"
)
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
_SHORT_ROLE = re.compile(
    r"\b[Tt]he\s+(?P<word>(?:(?:[Hh]ome|[Ff]oreign|[Pp]rime|[Ii]nterior|[Ii]mmigration|[Pp]ress)\s+)?"
    r"(?:[Ss]ecretary(?:\s+of\s+[Ss]tate|-[Gg]eneral)?|[Mm]inister|[Pp]resident|[Cc]hancellor"
    r"|[Ss]pokes(?:man|woman|person)|[Aa]mbassador|[Gg]overnor|[Cc]ommissioner|[Tt]aoiseach))\b"
    r"(?!\s+(?:of|for)\b|\s+[A-Z])"
)
_PLAIN_NAME = re.compile(rf"\b{NAME}")
_MISTER = re.compile(r"\b(?:Mr|Mrs|Ms|Miss)\.?\s+$")
_REMEMBERED = 200
"""Agents kept in mind: more than any report names, few enough for a text that is none."""
_REFERS_BACK = 3
"""Paragraphs over which a pronoun may reach back to whoever spoke last."""


class Cast(msgspec.Struct):
    """Everybody named so far while a document is read from top to bottom."""

    text: str
    known: list[Mention]
    last: dict[str, tuple[Mention, int]]
    """The last speaker of each kind, with the paragraph."""
    today: date | None = None

    def speeches(self, sentence: Sentence) -> list[Speech]:
        """The speech acts of the next sentence; who is named in it is remembered."""
        quoted = quotations(self.text, sentence.start, sentence.end)
        mentions = self._mentions(sentence, quoted)
        found: list[Speech] = []
        for verb in VERB.finditer(self.text, sentence.start, sentence.end):
            if not _within(verb.start(), quoted):
                speech = self._subject(verb, mentions) or self._clause(verb, mentions, sentence)
                if speech:
                    found.append(speech)
                elif is_speech(verb["verb"]) and self._is_stranger(verb, sentence):
                    self.last.pop("person", None)
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
            if (
                mention.end <= verb.start()
                and _BEFORE_VERB.fullmatch(self.text, mention.end, verb.start())
                and not self._is_complement(mention, verb)
                and (
                    INVERTED.fullmatch(verb["verb"])
                    # In "Chile's president, Rosa Diaz, accused" the comma closes an apposition.
                    or "," in self.text[mention.start : mention.end]
                    or not _BARE_COMMA.fullmatch(self.text, mention.end, verb.start())
                )
            ):
                return Speech(mention, verb["verb"], mention.start, verb.end())
        if INVERTED.fullmatch(verb["verb"]) is None:
            return None
        for mention in mentions:
            # "said Lin Jian", but neither "told Lin Jian" nor "said it was"
            if (
                mention.start >= verb.end()
                and not _PRONOUN.fullmatch(self.text, mention.start, mention.end)
                and _INVERSION.fullmatch(self.text, verb.end(), mention.start)
            ):
                return Speech(mention, verb["verb"], verb.start(), mention.end)
        return None

    def _is_complement(self, mention: Mention, verb: re.Match[str]) -> bool:
        before = _COMPLEMENT.search(self.text, max(0, mention.start - 60), mention.start)
        if before is None or _SPEAKS_FOR.fullmatch(before["head"]):
            return False
        # "with Lin warning that …" has a subject of its own.
        return not PARTICIPLE.fullmatch(verb["verb"]) or "with" not in before[0]

    def _clause(
        self, verb: re.Match[str], mentions: list[Mention], sentence: Sentence
    ) -> Speech | None:
        """The subject of the sentence, which a clause takes up: "The ministry …, saying that", "… and says"."""
        text, start = self.text, sentence.start
        if not mentions:
            return None
        subject = mentions[0]
        link = _CLAUSE if PARTICIPLE.fullmatch(verb["verb"]) else _AND
        takes_up = link.search(text, max(start, verb.start() - 20), verb.start())
        if takes_up and subject.end < verb.start() and _OPENS.fullmatch(text, start, subject.start):
            return Speech(subject, verb["verb"], verb.start(), verb.end())
        return None

    def _is_stranger(self, verb: re.Match[str], sentence: Sentence) -> bool:
        """Whether somebody speaks who has not been introduced, whom "he" may mean from now on."""
        low = max(sentence.start, verb.start() - 60)
        return _STRANGER.search(self.text, low, verb.start()) is not None

    def _mentions(self, sentence: Sentence, quoted: list[Quotation]) -> list[Mention]:
        text, start, end = self.text, sentence.start, sentence.end
        full = [
            m for m in introduced(text, start, end)
            if not (_within(m.start, quoted) or self._is_person(m))
        ]  # fmt: skip
        full = [self._filled(m) for m in full]
        full += [m for m in self._named(start, end, full) if not _within(m.start, quoted)]
        found = list(full)
        for rule, resolve in (
            (_SHORT_BODY, self._short_body),
            (_SHORT_ROLE, self._short_role),
            (_PRONOUN, self._pronoun),
            (_SURNAME, self._surname),
        ):
            for match in rule.finditer(text, start, end):
                free = all(match.end() <= m.start or m.end <= match.start() for m in found)
                if free and not _within(match.start(), quoted):
                    agent = resolve(match, sentence)
                    if agent:
                        found.append(Mention(agent, match.start(), match.end(), full=False))
        self.known += [m for m in full if m.full]
        del self.known[:-_REMEMBERED]
        return sorted(found, key=lambda m: m.start)

    def _is_person(self, mention: Mention) -> bool:
        """Whether what looks like an outlet ("according to Lin") is somebody named before."""
        return mention.agent.kind == "outlet" and any(
            mention.agent.name in (*short_forms(k.agent), k.agent.name)
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

    def _short_role(self, match: re.Match[str], sentence: Sentence) -> Agent | None:
        word = " ".join(match["word"].lower().split())
        for known in reversed(self.known):
            agent = known.agent
            if agent.kind != "outlet" and (agent.role or self._office(agent)).lower().endswith(
                word
            ):
                return agent
        return None

    def _office(self, agent: Agent) -> str:
        held = holder(agent.name, self.today)
        return held.office if held else ""

    def _named(self, start: int, end: int, full: list[Mention]) -> list[Mention]:
        """People by their full names: those introduced before, and those whose office is known."""
        found: list[Mention] = []
        for match in _PLAIN_NAME.finditer(self.text, start, end):
            if all(match.end() <= m.start or m.end <= match.start() for m in full):
                found += [m for m in (self._name(a, b) for a, b in names_in(match)) if m][:1]
        return found

    def _name(self, start: int, end: int) -> Mention | None:
        name = " ".join(self.text[start:end].split())
        known = next((m.agent for m in reversed(self.known) if m.agent.name == name), None)
        held = None if known else holder(name, self.today)
        agent = known or (_held(held, name) if held else None)
        return Mention(agent, start, end, full=held is not None) if agent else None

    def _filled(self, mention: Mention) -> Mention:
        """Somebody introduced by office and surname, under the full name if that is known."""
        agent = mention.agent
        if agent.kind == "body" and agent.country is None and agent.official:
            whole = self._at_home(agent)
            return msgspec.structs.replace(mention, agent=whole) if whole else mention
        if agent.kind != "person" or " " in agent.name:
            return mention
        known = self._of_surname(agent.name)
        held = None if known else titled(agent.name, self.today)
        name = known.name if known else held.name if held else agent.name
        country = agent.country or (known or held or agent).country
        organisation = agent.organisation or (known.organisation if known else None)
        return msgspec.structs.replace(
            mention,
            agent=msgspec.structs.replace(
                agent, name=name, country=country, organisation=organisation
            ),
        )

    def _at_home(self, agent: Agent) -> Agent | None:
        """The body of a country named before that "the interior ministry" means."""
        name = agent.name.lower()
        return next(
            (m.agent for m in reversed(self.known)
             if m.agent.kind == "body" and m.agent.country and m.agent.name.lower().endswith(name)),
            None,
        )  # fmt: skip

    def _surname(self, match: re.Match[str], sentence: Sentence) -> Agent | None:
        known = self._of_surname(match[0])
        if known or not _MISTER.search(self.text, sentence.start, match.start()):
            return known
        held = titled(match[0], self.today)
        return _held(held, held.name) if held else None

    def _of_surname(self, word: str) -> Agent | None:
        agents = {m.agent.name: m.agent for m in self.known if word in short_forms(m.agent)}
        # "Donald Trump" and "Donald J. Trump" are one.
        same = {(name[0], name.split()[-1]) for name in agents}
        return next(iter(agents.values())) if len(same) == 1 else None


_SURNAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w’-]{1,24}\b")
_INVERSION = re.compile(r"\s+(?:Mr|Mrs|Ms|Dr)?\.?\s*")


def _held(held: Holder, name: str) -> Agent:
    return Agent(name, "person", held.country)


def _within(offset: int, quoted: list[Quotation]) -> bool:
    return any(q.start - 1 <= offset < q.end + 1 for q in quoted)

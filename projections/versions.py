"""The versions of facts that an event opens and ends.

A version is never altered once it has ended, but for when a reader of the sources could know that
it had: what the log answered at an earlier position it answers for ever.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from projections.entry_facts import EntryFact, EntryLink, Turn, known_since, stated
from projections.origins import origins
from projections.said import Said, said
from projections.view import Change, Gone, State
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorroborated, FactRetracted
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyRejected

Stated = PolicyChanged | PolicyObserved | PolicyRejected
Linking = PolicyChanged | PolicyObserved | PolicyRejected | FactCorroborated


def versions(state: State, recorded: Recorded) -> Iterable[Change]:
    """The versions that the event opens and ends."""
    event = recorded.event
    if isinstance(event, FactRetracted):
        turn = Turn(recorded.position, known_since(event.known_since, recorded.recorded_at))
        yield from _restated(state, event.target, None, turn)
        return
    now = said(recorded)
    if isinstance(event, FactCorroborated):
        now = Said(str(recorded.id), recorded.position, event, recorded.position,
                   recorded.recorded_at)  # fmt: skip
    if now is None or not isinstance(now.fact, Linking):
        return
    turn = Turn(recorded.position, known_since(now.fact.known_since, recorded.recorded_at))
    if now.corrected:
        yield from _restated(state, now.event, now, turn)
        return
    yield from stated(now, turn)
    for link in links(now, turn.since).values():
        yield from _linked(state, link, turn)


def _restated(state: State, event: str, now: Said | None, turn: Turn) -> Iterable[Change]:
    """A fact says something else, or (`now` is None) nothing any more."""
    versions = state.find(EntryFact, "event", event)
    latest = _latest(versions)
    if latest and latest[0].ended_how == "retracted":
        return
    said_by = [link for link in state.find(EntryLink, "target", event) if link.by != event]
    further = tuple(o for link in said_by if link.how == "corroborates" for o in link.origins)
    new = list(stated(now, turn, further)) if now else []
    how = "corrected" if now else "retracted"
    ended = bool(latest) and latest[0].ended_how == "replaced"
    if not new and ended:
        # Ended where it begins: should what replaced it go, this is what comes back: nothing.
        yield from (_end(_again(r, turn), turn, how) for r in latest)
    else:
        yield from _unless_ended(new, said_by, turn)
    yield from _supersede(versions, turn, how)
    before = {link.target: link for link in state.find(EntryLink, "by", event)}
    after = links(now, turn.since) if now else {}
    for target, link in before.items():
        if target not in after:
            yield from _unlinked(state, link, turn)
    for link in after.values():
        yield from _linked(state, link, turn)


def links(now: Said, since: datetime) -> dict[str, EntryLink]:
    """Target → what a fact has to do with it."""
    fact = now.fact
    if isinstance(fact, FactCorroborated):
        one = EntryLink(target=fact.target, by=now.event, how="corroborates", since=since,
                        origins=origins(fact.citations))  # fmt: skip
        return {fact.target: one} if fact.target != now.event else {}
    if not isinstance(fact, Stated) or not fact.replaces:
        return {}
    # Who merely describes a state asserts no change and so ends none.
    how = "replaces-observation" if isinstance(fact, PolicyObserved) else "replaces"
    targets = (target for target in fact.replaces if target != now.event)
    return {t: EntryLink(target=t, by=now.event, how=how, since=since) for t in targets}


def _linked(state: State, link: EntryLink, turn: Turn) -> Iterable[Change]:
    yield link
    versions = state.find(EntryFact, "event", link.target)
    if link.how == "corroborates":
        yield from _borne_out(state, versions, link, turn)
    elif any(_ends(link, r) for r in versions):
        yield from _supersede(versions, turn, "replaced")


def _unlinked(state: State, link: EntryLink, turn: Turn) -> Iterable[Change]:
    """What was replaced stands again, unless another replaces it too."""
    yield Gone(EntryLink, (link.target, link.by))
    versions = state.find(EntryFact, "event", link.target)
    if link.how == "corroborates":
        yield from _borne_out(state, versions, link, turn, gone=True)
        return
    others = [o for o in state.find(EntryLink, "target", link.target) if o.by != link.by]
    latest = _latest(versions)
    back = [r for r in latest if r.ended_how == "replaced" and not any(_ends(o, r) for o in others)]
    if back and _ends(link, back[0]):
        yield from (_again(r, turn) for r in back)
        yield from _supersede(versions, turn, "replaced")


def _borne_out(
    state: State,
    versions: Sequence[EntryFact],
    link: EntryLink,
    turn: Turn,
    *,
    gone: bool = False,
) -> Iterable[EntryFact]:
    """The same with more origins, or with fewer where what bore it out is gone."""
    latest = _latest(versions)
    if not latest or latest[0].ended_how in ("corrected", "retracted"):
        return
    others = [o for o in state.find(EntryLink, "target", link.target) if o.by != link.by]
    bearing = [o for o in others if o.how == "corroborates"] + ([] if gone else [link])
    own = latest[0].origins[: latest[0].own_origins]
    kept = tuple(dict.fromkeys((*own, *(o for one in bearing for o in one.origins))))
    if kept == latest[0].origins and (gone or turn.since >= latest[0].known_since):
        return
    new = [msgspec.structs.replace(_again(r, turn), origins=kept) for r in latest]
    yield from _unless_ended(new, others, turn)
    yield from _supersede(versions, turn, "corroborated")


def _ends(link: EntryLink, row: EntryFact) -> bool:
    return link.how == "replaces" or (link.how != "corroborates" and row.kind == "observation")


def _unless_ended(
    rows: Iterable[EntryFact], links: Iterable[EntryLink], turn: Turn
) -> Iterable[EntryFact]:
    """New versions; those that another fact replaces already end where they begin."""
    links = tuple(links)
    for row in rows:
        since = min((link.since for link in links if _ends(link, row)), default=None)
        yield row if since is None else _end(row, Turn(turn.position, since), "replaced")


def _latest(versions: Sequence[EntryFact]) -> list[EntryFact]:
    last = max((r.known_from for r in versions), default=0)
    return [r for r in versions if r.known_from == last]


def _again(row: EntryFact, turn: Turn) -> EntryFact:
    return msgspec.structs.replace(
        row, known_from=turn.position, known_since=turn.since, known_to=None, ended_how=None,
        ended_since=None,
    )  # fmt: skip


def _end(row: EntryFact, turn: Turn, how: str) -> EntryFact:
    return msgspec.structs.replace(
        row, known_to=turn.position, ended_how=how, ended_since=turn.since
    )


def _supersede(versions: Iterable[EntryFact], turn: Turn, how: str) -> Iterable[EntryFact]:
    """End what stands; what had ended is not published beyond the turn either."""
    for row in versions:
        if row.known_to is None:
            yield _end(row, turn, how)
        elif row.ended_since is None or row.ended_since > turn.since:
            yield msgspec.structs.replace(row, ended_since=turn.since)

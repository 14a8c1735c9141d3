"""The versions of facts that an event opens and ends.

A version is never altered once it has ended, but for when a reader of the sources could know that
it had, and for what says that a fact which was replaced says something else by now: what the log answered at an earlier position it answers for ever.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from projections.entry_facts import EntryFact, EntryLink, Turn, stated, turn
from projections.origins import origins
from projections.said import Said, said
from projections.view import Change, Gone, State
from tracker.domain.base import Recorded
from tracker.domain.correction import FactCorroborated, FactRetracted
from tracker.domain.fact import Fact
from tracker.domain.policy import PolicyChanged, PolicyObserved, PolicyRejected

Stated = PolicyChanged | PolicyObserved | PolicyRejected
Linking = PolicyChanged | PolicyObserved | PolicyRejected | FactCorroborated


def versions(state: State, recorded: Recorded) -> list[Change]:
    """The versions that the event opens and ends, and the links that it makes and breaks."""
    event = recorded.event
    if isinstance(event, Linking):
        here = turn(recorded, event.known_since)
        named = str(recorded.id)
        found: list[Change] = list(stated(named, recorded.position, event, here))
        for link in links(named, event, here.since).values():
            found += _linked(state, link, here)
        return found
    if isinstance(event, FactRetracted):
        here = turn(recorded, event.known_since)
        return list(_restated(state, event.target, None, here))
    now = said(recorded)
    if now is None or not isinstance(now.fact, Linking):
        return []
    return list(_restated(state, now.event, now, turn(recorded, now.fact.known_since)))


def _restated(state: State, event: str, now: Said | None, here: Turn) -> Iterable[Change]:
    """A fact says something else, or (`now` is None) nothing any more."""
    versions = state.find(EntryFact, "event", event)
    latest = _latest(versions)
    if latest and latest[0].ended_how == "retracted":
        return
    said_by = [link for link in state.find(EntryLink, "target", event) if link.by != event]
    further = tuple(o for link in said_by if link.how == "corroborates" for o in link.origins)
    new = stated(now.event, now.position, now.fact, here, further) if now else []
    how = "corrected" if now else "retracted"
    ended = bool(latest) and latest[0].ended_how == "replaced"
    if not new and ended:
        # Ended where it begins: should what replaced it go, this is what comes back: nothing.
        yield from (_end(_again(r, here), here, how) for r in latest)
    else:
        yield from _unless_ended(new, said_by, here)
    yield from _supersede(versions, here, how, restated=True)
    before = {link.target: link for link in state.find(EntryLink, "by", event)}
    after = links(now.event, now.fact, here.since) if now else {}
    for target, link in before.items():
        if target not in after:
            yield from _unlinked(state, link, here)
    for link in after.values():
        yield from _linked(state, link, here)


def links(event: str, fact: Fact, since: datetime) -> dict[str, EntryLink]:
    """Target → what a fact has to do with it."""
    if isinstance(fact, FactCorroborated):
        one = EntryLink(target=fact.target, by=event, how="corroborates", since=since,
                        origins=origins(fact.citations))  # fmt: skip
        return {fact.target: one} if fact.target != event else {}
    if not isinstance(fact, Stated) or not fact.replaces:
        return {}
    # Who merely describes a state asserts no change and so ends none.
    how = "replaces-observation" if isinstance(fact, PolicyObserved) else "replaces"
    targets = (target for target in fact.replaces if target != event)
    return {t: EntryLink(target=t, by=event, how=how, since=since) for t in targets}


def _linked(state: State, link: EntryLink, here: Turn) -> Iterable[Change]:
    yield link
    versions = state.find(EntryFact, "event", link.target)
    if link.how == "corroborates":
        yield from _borne_out(state, versions, link, here)
    elif any(_ends(link, r) for r in _latest(versions)):
        yield from _supersede(versions, here, "replaced")


def _unlinked(state: State, link: EntryLink, here: Turn) -> Iterable[Change]:
    """What was replaced stands again, unless another replaces it too."""
    yield Gone(EntryLink, (link.target, link.by))
    versions = state.find(EntryFact, "event", link.target)
    if link.how == "corroborates":
        yield from _borne_out(state, versions, link, here, gone=True)
        return
    others = [o for o in state.find(EntryLink, "target", link.target) if o.by != link.by]
    latest = _latest(versions)
    back = [r for r in latest if r.ended_how == "replaced" and not any(_ends(o, r) for o in others)]
    if back and _ends(link, back[0]):
        yield from (_again(r, here) for r in back)
        yield from _supersede(versions, here, "replaced")


def _borne_out(
    state: State,
    versions: Sequence[EntryFact],
    link: EntryLink,
    here: Turn,
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
    if kept == latest[0].origins and (gone or here.since >= latest[0].known_since):
        return
    new = [msgspec.structs.replace(_again(r, here), origins=kept) for r in latest]
    yield from _unless_ended(new, others, here)
    yield from _supersede(versions, here, "corroborated")


def _ends(link: EntryLink, row: EntryFact) -> bool:
    return link.how == "replaces" or (link.how != "corroborates" and row.kind == "observation")


def _unless_ended(
    rows: Iterable[EntryFact], links: Iterable[EntryLink], here: Turn
) -> Iterable[EntryFact]:
    """New versions; those that another fact replaces already end where they begin."""
    links = tuple(links)
    for row in rows:
        since = min((link.since for link in links if _ends(link, row)), default=None)
        yield (
            row
            if since is None
            else _end(row, Turn(here.position, since, here.recorded_at), "replaced")
        )


def _latest(versions: Sequence[EntryFact]) -> list[EntryFact]:
    last = max((r.known_from for r in versions), default=0)
    return [r for r in versions if r.known_from == last]


def _again(row: EntryFact, here: Turn) -> EntryFact:
    return msgspec.structs.replace(
        row, known_from=here.position, known_since=here.since, known_to=None, ended_how=None,
        ended_since=None, past_at=None, past_since=None,
    )  # fmt: skip


def _end(row: EntryFact, here: Turn, how: str) -> EntryFact:
    return msgspec.structs.replace(
        row, known_to=here.position, ended_how=how, ended_since=here.since
    )


def _supersede(
    versions: Iterable[EntryFact], here: Turn, how: str, *, restated: bool = False
) -> Iterable[EntryFact]:
    """End what stands; what had ended is not published beyond the turn either.

    Where the fact is `restated`, no version that had been replaced is what it says any more.
    """
    for row in versions:
        if row.known_to is None:
            yield _end(row, here, how)
            continue
        new = row
        if row.ended_since is None or row.ended_since > here.since:
            new = msgspec.structs.replace(new, ended_since=here.since)
        if restated and row.ended_how == "replaced":
            since = min(row.past_since or here.since, here.since)
            at = row.past_at or here.position
            if (at, since) != (row.past_at, row.past_since):
                new = msgspec.structs.replace(new, past_at=at, past_since=since)
        if new is not row:
            yield new

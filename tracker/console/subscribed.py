"""What the pages of subscriptions share: how each stands, its channel, and its trial."""

import secrets
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from projections.alerts.channels.email import EMAIL
from projections.alerts.channels.pull import PULL
from projections.alerts.channels.webhook import WEBHOOK, new_secret
from projections.nouns import Nouns
from projections.views.subscriptions import Subscription
from tracker.console.subscribing import Choice, filter_of, options_of
from tracker.console.trying import Trial, trial
from tracker.console.visits import Visit, position
from tracker.console.watching import OPTION_WORDS, Words, channel_words, pacing_words, words_of
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.domain.filter import Filter
from tracker.domain.ids import derived
from tracker.domain.pacing import Pacing
from tracker.domain.values import instant
from tracker.parts import Parts
from tracker.tables.channels import Channel

REFUSALS = (Refused, NotFound)
"""What a form answers with itself, so that nothing has to be typed again."""
_LONGEST_TITLE = 200
_NEW = {
    "new-pull": "read as Atom, JSON Feed or a stream",
    "new-email": "mail to the address below",
    "new-webhook": "signed webhook at the address below",
}


class Standing(msgspec.Struct, frozen=True):
    """A subscription as a page shows it."""

    row: Subscription
    watches: list[Words]
    through: str
    pace: str
    options: list[str]
    state: str
    trouble: bool
    shut: bool
    """Whether its receiver closed the channel, which can be used again."""

    @property
    def title(self) -> str:
        """What its owner calls it, or else what it watches."""
        limits = [one.said for one in self.watches if one.label != "what"]
        return self.row.title or ", ".join(limits) or self.watches[0].said


async def standing_of(parts: Parts, rows: Sequence[Subscription]) -> list[Standing]:
    """Subscriptions in words."""
    filters = [msgspec.convert(row.filter, Filter) for row in rows]
    names = await Nouns(parts.views).names(party for one in filters for party in one.parties)
    channels = {channel.id: channel for channel in await parts.channels.all()}
    found: list[Standing] = []
    for row, watched in zip(rows, filters, strict=True):
        channel = channels.get(row.channel)
        pacing = msgspec.convert(row.pacing, Pacing) if row.pacing else None
        state, trouble = _state(parts, row, channel, pacing)
        found.append(
            Standing(
                row,
                words_of(watched, names),
                channel_words(channel),
                pacing_words(pacing),
                [OPTION_WORDS.get(option, option) for option in row.options],
                state,
                trouble,
                bool(channel and channel.closed),
            )
        )
    return found


def _state(
    parts: Parts, row: Subscription, channel: Channel | None, pacing: Pacing | None
) -> tuple[str, bool]:
    """How a subscription is, and whether its owner had better look."""
    if row.status != "open":
        return "closed", False
    if channel is None:
        return "channel forgotten", True
    if channel.closed:
        return f"channel closed: {channel.closed}", True
    if pacing and pacing.muted_until and instant(pacing.muted_until) > parts.clock():
        return "muted", False
    return "open", False


async def trial_of(parts: Parts, fields: Mapping[str, str]) -> Trial:
    """What a form asks for, held against the past."""
    watched = await filter_of(fields, Nouns(parts.views))
    after = position("after", fields.get("after")) or 0
    return await trial(parts, watched, options_of(fields), after)


def title_of(fields: Mapping[str, str]) -> str | None:
    """What the subscriber calls it."""
    title = fields.get("title", "").strip()
    if len(title) > _LONGEST_TITLE:
        raise Refused(f"title: has more than {_LONGEST_TITLE} characters", field="title")
    return title or None


def key_of(fields: Mapping[str, str]) -> str | None:
    """The same for the same form sent again, another where anything in it was changed."""
    filled = (f"{name}={value}" for name, value in sorted(fields.items()))
    return str(derived("form", *filled)) if fields.get("once") else None


async def channel_of(parts: Parts, visit: Visit, fields: Mapping[str, str]) -> Channel:
    """The channel that was chosen, or a new one; the same form sent again makes no second one."""
    chosen, to = fields.get("channel", ""), fields.get("to", "").strip()
    owner, key = str(visit.user.id), key_of(fields)
    known = str(derived("channel", owner, key)) if key else None
    match chosen:
        case "new-webhook":
            parts.guard.named("webhook URL", "to").check_url(to)
            settings = {"url": to, "secret": new_secret(secrets.token_bytes(32))}
            WEBHOOK.read(settings)
            return await parts.channels.create(owner, WEBHOOK.kind, settings, known=known)
        case "new-email":
            EMAIL.read({"address": to})
            return await parts.channels.create(owner, EMAIL.kind, {"address": to}, known=known)
        case "new-pull":
            return await parts.channels.create(owner, PULL.kind, {}, known=known)
        case _:
            return await usable(parts, visit, chosen)


async def usable(parts: Parts, visit: Visit, channel: str) -> Channel:
    """A channel that the user may use; Forbidden where it is somebody else's."""
    try:
        found = await parts.channels.get(str(UUID(channel)))
    except ValueError:
        raise Refused("channel: choose where to be told", field="channel") from None
    if found.owner != str(visit.user.id) and visit.user.role != "admin":
        raise Forbidden(f"channel: {channel} belongs to somebody else", field="channel")
    return found


async def channels_of(parts: Parts, owner: str, chosen: str | None) -> list[Choice]:
    """What somebody may be told through: their channels, each place once, and new ones."""
    found: dict[str, Choice] = {}
    for channel in await parts.channels.all():
        if channel.owner == owner and (channel.closed is None or channel.id == chosen):
            words = channel_words(channel)
            if words not in found or channel.id == chosen:
                found[words] = Choice(channel.id, words, channel.id == chosen)
    known = list(found.values())
    fresh = [Choice(kind, words, kind == chosen) for kind, words in _NEW.items()]
    return known + [one for one in fresh if one.label not in found]

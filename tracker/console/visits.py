"""Who asks, and what every page needs to know: the user, the log's traits, its head, the inbox."""

import hashlib
import hmac
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException
from litestar.params import SkipValidation

from projections.questions import Clocks
from projections.views.inbox import Draft
from tracker.console.site import AnyRequest, with_query
from tracker.domain.base import Role
from tracker.domain.errors import Forbidden, NotFound, Refused
from tracker.parts import Parts
from tracker.tables.traits import Traits, traits
from tracker.tables.users import User

COOKIE = "tracker_session"
# What was opened by wiring needs no check; litestar would walk through all of it.
GivenParts = NamedDependency[SkipValidation[Parts]]
_MOST_FIELDS = 200


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One request of somebody who is signed in."""

    user: User
    session: str
    """The secret itself: for checking forms, and in no page."""
    csrf: str
    traits: Traits
    head: int
    seen: int
    """How far the views have come: no page claims to know more."""
    waiting: int
    clocks: Clocks

    def twin(self, path: str, **more: object) -> str:
        """The address in the API that answers with the same clocks."""
        return with_query(
            f"/api/v1/{path}", {**more, **msgspec.structs.asdict(self.clocks)}.items()
        )

    @property
    def may_decide(self) -> bool:
        """Whether decisions on drafts are the user's to make."""
        return self.user.role in ("analyst", "admin")


async def arrive(request: AnyRequest, parts: Parts) -> Visit:
    """The visit; raises NotAuthorizedException where nobody is signed in."""
    known = await traits(parts.database)
    request.state["log_name"] = known.name
    session = request.cookies.get(COOKIE, "")
    user = await parts.users.resolve(session, "session") if session else None
    if user is None:
        raise NotAuthorizedException
    asked = request.query_params
    views = await parts.views_at(position("min_position", asked.get("min_position")))
    return Visit(
        user=user,
        session=session,
        csrf=csrf_token(session, parts.clock().isoformat()),
        traits=known,
        head=await parts.reader.head(),
        seen=min((view.position for view in views), default=0),
        waiting=(await parts.views.counts(Draft, "status")).get("waiting", 0),
        clocks=Clocks(
            valid_at=asked.get("valid_at") or None,
            known_at=asked.get("known_at") or None,
            basis=asked.get("basis") or known.basis,
        ),
    )


def position(name: str, text: str | None) -> int | None:
    """A position in the log as an address has it; Refused names the parameter."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Refused(f"{name}: {text!r} is not a position in the log", field=name)
    return int(text)


def csrf_token(session: str, salt: str = "") -> str:
    """The token of a session's forms: nobody can make it who does not hold the session.

    Each page is given one of its own salt, as pages are compressed and repeat what was asked: from
    the size of many answers somebody might guess a token that stays the same (BREACH).
    """
    made = hashlib.sha256(f"csrf:{salt}:{session}".encode()).hexdigest()
    return f"{salt}|{made}"


def identified(text: str) -> UUID:
    """An id that an address names; NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"{text[:80]!r} is not an id (a UUID)") from None


async def decider(
    request: AnyRequest, parts: Parts, role: Role = "analyst"
) -> tuple[Visit, dict[str, str]]:
    """The visit of somebody who may decide, and the fields of the form that was sent."""
    visit = await arrive(request, parts)
    visit.user.must_be(role)
    return visit, await posted_by(request, visit)


async def posted(request: AnyRequest) -> dict[str, str]:
    """The fields of a form sent from one of our own pages; Forbidden for one from elsewhere."""
    _check_site(request)
    try:
        text = (await request.body()).decode()
        fields = parse_qs(
            text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError:
        raise Refused("the form is not readable as UTF-8 text with a few fields") from None
    return {name: values[-1] for name, values in fields.items()}


async def posted_by(request: AnyRequest, visit: Visit) -> dict[str, str]:
    """The fields of a form with the token of this session; Forbidden where it is missing."""
    fields = await posted(request)
    _check_token(fields.get("csrf", ""), visit)
    return fields


async def posted_file(request: AnyRequest, visit: Visit, name: str, most_bytes: int) -> bytes:
    """A file of a form with the token of this session; Refused where no file was chosen."""
    _check_site(request)
    form = await request.form()
    _check_token(str(form.get("csrf", "")), visit)
    sent = form.get(name)
    content = await sent.read(most_bytes + 1) if isinstance(sent, UploadFile) else b""
    if not content:
        raise Refused(f"{name}: choose a file first", field=name)
    return content


def _check_site(request: AnyRequest) -> None:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("this form was sent from another site; nothing was done")


def _check_token(given: str, visit: Visit) -> None:
    wanted = csrf_token(visit.session, given.rpartition("|")[0])
    if not hmac.compare_digest(given.encode(errors="replace"), wanted.encode(errors="replace")):
        raise Forbidden("the form has expired; reload the page and send it again")

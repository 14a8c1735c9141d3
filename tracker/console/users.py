"""Who may use the tracker, in which role, and by what they get in; for admins."""

from typing import cast, get_args
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from tracker.console.site import AnyRequest, page, pages
from tracker.console.visits import GivenParts, Visit, arrive, decider
from tracker.domain.base import Role
from tracker.domain.errors import NotFound, Refused
from tracker.parts import Parts
from tracker.tables.users import Credential, User

_ROLES = tuple(role for role in get_args(Role) if role != "system")
_LONGEST_NAME = 200
_MOST_DAYS = 3650


class Somebody(msgspec.Struct, frozen=True):
    """A user with what still lets them in."""

    user: User
    credentials: tuple[Credential, ...]


@get("/users")
async def users(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Everybody; the parts of the tracker that act by themselves are users too."""
    visit = await arrive(request, parts)
    visit.user.must_be("admin")
    return await _page(request, parts, visit)


@post("/users", status_code=200)
async def add(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """Let somebody in; the answer has the link by which they sign in, this once."""
    visit, fields = await decider(request, parts, "admin")
    name = fields.get("name", "").strip()
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise Refused("name: must have 1 to 200 characters", field="name")
    made = await parts.users.create(name, _role(fields.get("role", "")))
    return await _page(request, parts, visit, link=await _link(parts, made), of=made)


@post("/users/{user:str}/{deed:str}", status_code=200)
async def change(
    request: AnyRequest, parts: GivenParts, user: FromPath[str], deed: FromPath[str]
) -> Response[str]:
    """Another role, a token, a link, or the end of what lets somebody in."""
    visit, fields = await decider(request, parts, "admin")
    try:
        of = await parts.users.known(UUID(user))
    except ValueError:
        raise NotFound(f"user: there is no user {user[:80]!r}") from None
    if deed == "role":
        of = await parts.users.set_role(of, _role(fields.get("role", "")))
        return await _page(request, parts, visit, said=f"{of.name} is {of.role} now.")
    if deed == "link":
        return await _page(request, parts, visit, link=await _link(parts, of), of=of)
    if deed == "token":
        label, days = fields.get("label", "").strip()[:200] or None, _days(fields.get("days", ""))
        secret = await parts.users.issue(of, "token", label, days)
        return await _page(request, parts, visit, token=secret, of=of)
    if deed == "revoke":
        ended = await parts.users.end(of, fields.get("credential") or None)
        return await _page(request, parts, visit, said=f"{ended} of {of.name} ended.")
    raise NotFound(f"there is no page /users/{user}/{deed}")


async def _page(
    request: AnyRequest,
    parts: Parts,
    visit: Visit,
    *,
    said: str | None = None,
    link: str | None = None,
    token: str | None = None,
    of: User | None = None,
) -> Response[str]:
    everybody = await parts.users.all()
    people = [
        Somebody(user, tuple(await parts.users.credentials(user)))
        for user in everybody
        if user.role != "system"
    ]
    return page(
        request,
        "users.html",
        visit=visit,
        people=people,
        machines=[user for user in everybody if user.role == "system"],
        roles=_ROLES,
        said=said,
        new_link=link,
        new_token=token,
        of=of,
        twin="/api/v1/users",
    )


async def _link(parts: Parts, user: User) -> str:
    secret = await parts.users.issue(user, "login-link")
    return f"{parts.public_url}/login?token={secret}"


def _role(text: str) -> Role:
    if text not in _ROLES:
        raise Refused(f"role: {text!r} is none of {', '.join(_ROLES)}", field="role")
    return cast("Role", text)


def _days(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_DAYS):
        raise Refused(f"days: {text!r} is no number of days from 1 to 3650", field="days")
    return int(text)


PAGE = pages(users, add, change)

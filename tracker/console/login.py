"""Signing in with a one-time link, and out again."""

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from tracker.console.site import AnyRequest, page, pages
from tracker.console.visits import COOKIE, GivenParts, arrive, posted, posted_by
from tracker.parts import Parts
from tracker.tables.traits import traits

_SESSION_S = 14 * 24 * 60 * 60
_USED = "This link was used before, or is too old. A link works once, within 24 hours."


@get("/login")
async def login(request: AnyRequest, parts: GivenParts) -> Response[str]:
    """A page with a button: programs that look at links in messages do not press it."""
    request.state["log_name"] = (await traits(parts.database)).name
    token = request.query_params.get("token")
    if not token:
        return page(request, "signed-out.html", sentence=None)
    return page(request, "login.html", token=token)


@post("/login", status_code=303)
async def redeem(request: AnyRequest, parts: GivenParts) -> Response[Any]:
    """The session for a link that was not used before."""
    request.state["log_name"] = (await traits(parts.database)).name
    user = await parts.users.redeem((await posted(request)).get("token", ""))
    if user is None:
        return page(request, "signed-out.html", status=401, sentence=_USED)
    session = await parts.users.issue(user, "session", "console")
    return Redirect("/", status_code=303, cookies=[_cookie(request, parts, session, _SESSION_S)])


@post("/logout", status_code=303)
async def logout(request: AnyRequest, parts: GivenParts) -> Redirect:
    """End the session here and in the database."""
    visit = await arrive(request, parts)
    await posted_by(request, visit)
    await parts.users.revoke(request.cookies.get(COOKIE, ""), "session")
    return Redirect("/login", status_code=303, cookies=[_cookie(request, parts, "", 0)])


def _cookie(request: AnyRequest, parts: Parts, value: str, max_age_s: int) -> Cookie:
    # Behind a proxy the request itself may be plain although people come by https.
    https = "https" in (request.url.scheme, parts.public_url.partition(":")[0])
    return Cookie(
        key=COOKIE, value=value, max_age=max_age_s, httponly=True, samesite="lax", secure=https
    )


PAGE = pages(login, redeem, logout)

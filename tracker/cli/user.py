"""`tracker user …`: people, their tokens and their one-time login links."""

from typing import get_args

import click

from tracker.cli.session import Out, minute, table, with_parts
from tracker.domain.base import Role
from tracker.domain.errors import NotFound
from tracker.parts import Parts


@click.group()
def user() -> None:
    """Users, API tokens and login links."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(get_args(Role)), default="reader", show_default=True)
@with_parts
async def add(parts: Parts, out: Out, name: str, role: Role) -> None:
    """Add a user."""
    made = await parts.users.create(name, role)
    out.answer(made, lambda: f"{made.name} may now sign in as {made.role}.")


@user.command("list")
@with_parts
async def list_users(parts: Parts, out: Out) -> None:
    """List all users."""
    everybody = await parts.users.all()
    made = table(None, "name", "role", "id", ids=("id",))
    for one in everybody:
        made.add_row(one.name, one.role, str(one.id))
    out.answer(everybody, lambda: made)


@user.command("token")
@click.argument("name")
@click.option("--label", help="What the token is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it works (365).")
@with_parts
async def token(parts: Parts, out: Out, name: str, label: str | None, days: int | None) -> None:
    """Issue an API token; it is shown this once."""
    secret = await parts.users.issue(await parts.users.named(name), "token", label, days)
    out.answer({"token": secret}, lambda: secret)


@user.command("login-link")
@click.argument("name")
@with_parts
async def login_link(parts: Parts, out: Out, name: str) -> None:
    """Make a link that signs a user in once, within a day."""
    secret = await parts.users.issue(await parts.users.named(name), "login-link")
    url = f"{parts.public_url}/login?token={secret}"
    out.answer({"url": url}, lambda: url)


@user.command("reset-link")
@click.argument("name")
@with_parts
async def reset_link(parts: Parts, out: Out, name: str) -> None:
    """End everything that a user can get in with, and make a new link."""
    known = await parts.users.named(name)
    ended = await parts.users.end(known)
    secret = await parts.users.issue(known, "login-link")
    url = f"{parts.public_url}/login?token={secret}"
    out.answer({"url": url, "ended": ended}, lambda: url)


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(get_args(Role)))
@with_parts
async def role(parts: Parts, out: Out, name: str, role: Role) -> None:
    """Let a user do more or less from now on."""
    changed = await parts.users.set_role(await parts.users.named(name), role)
    out.answer(changed, lambda: f"{changed.name} is {changed.role} now.")


@user.command("credentials")
@click.argument("name")
@with_parts
async def credentials(parts: Parts, out: Out, name: str) -> None:
    """List what a user can still get in with; no secret is shown."""
    known = await parts.users.credentials(await parts.users.named(name))
    made = table(None, "id", "kind", "label", "made", "until")
    for one in known:
        until = minute(one.expires_at) if one.expires_at else "for ever"
        made.add_row(one.id, one.kind, one.label or "", minute(one.created_at), until)
    out.answer(known, lambda: made)


@user.command("revoke")
@click.argument("name")
@click.argument("credential", required=False)
@with_parts
async def revoke(parts: Parts, out: Out, name: str, credential: str | None) -> None:
    """End one token, session or link of a user, or all of them."""
    ended = await parts.users.end(await parts.users.named(name), credential)
    if credential and not ended:
        raise NotFound(f"credential: {name} has none with the id {credential!r}")
    out.answer({"ended": ended}, lambda: f"{ended} ended.")

"""`tracker user …`: people, their tokens and their one-time login links."""

from typing import get_args

import click

from tracker.cli.session import Out, table, with_parts
from tracker.domain.base import Role
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
@with_parts
async def token(parts: Parts, out: Out, name: str, label: str | None) -> None:
    """Issue an API token; it is shown this once."""
    secret = await parts.users.issue(await parts.users.named(name), "token", label)
    out.answer({"token": secret}, lambda: secret)


@user.command("login-link")
@click.argument("name")
@with_parts
async def login_link(parts: Parts, out: Out, name: str) -> None:
    """Make a link that signs a user in once, within a day."""
    secret = await parts.users.issue(await parts.users.named(name), "login-link")
    url = f"{parts.public_url}/login?token={secret}"
    out.answer({"url": url}, lambda: url)

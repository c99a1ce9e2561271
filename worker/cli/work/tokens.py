"""What ``artgate tokens`` does."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

import typer

from db.models.accounts import Role
from db.queries.tokens import everything
from worker.access import tokens
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation

_COLUMNS = ("id", "account", "role", "label", "live", "expires_at", "last_used_at")


def add(name: str, role: str | None, label: str, days: int | None) -> None:
    """Make a token; it alone goes to standard output, so that a script can take it."""
    with installation() as (_, sessions), sessions.begin() as session:
        made = tokens.add(session, name, role=None if role is None else Role(role), label=label, days=days)
    typer.echo(f"token {made.id} of {made.account}, role {made.role}; it is shown this once:", err=True)
    typer.echo(made.secret)


def list_tokens(format_: Format) -> None:
    """Print all tokens."""
    with installation() as (_, sessions), sessions() as session:
        found = everything(session)
    if not found and format_ is Format.TABLE:
        typer.echo("there is no token; make one with: artgate tokens add ACCOUNT")
        return
    print_records(map(asdict, found), format_, _COLUMNS)


def revoke(token: UUID) -> None:
    """Revoke a token."""
    with installation() as (_, sessions), sessions.begin() as session:
        tokens.revoke(session, token)
    typer.echo(f"token {token} is revoked")

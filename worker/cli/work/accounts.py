"""What ``artgate accounts`` does."""

from __future__ import annotations

import sys
from dataclasses import asdict
from uuid import UUID

import typer

from db.models.accounts import Role
from db.queries import reviewers
from db.queries.accounts import StoredAccount, everyone
from worker.access import accounts, second_factor
from worker.access.oidc import flow
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation

_COLUMNS = ("name", "role", "state", "password", "pseudonym")


def add(name: str, role: str, *, with_password: bool) -> None:
    """Add an account."""
    accounts.check_name(accounts.normal_name(name))  # before one types a password in vain
    asked = with_password and Role(role) is not Role.SERVICE
    secret = _read_password() if asked else None
    with installation() as (_, sessions), sessions.begin() as session:
        made = accounts.add(session, name, Role(role), secret)
    typer.echo(f"account {made.name} added as {made.role}")
    if made.role is Role.SERVICE:
        typer.echo(f"give it a token: artgate tokens add {made.name}")


def list_accounts(format_: Format) -> None:
    """Print all accounts."""
    with installation() as (_, sessions), sessions() as session:
        found = everyone(session)
        called = reviewers.pseudonyms(session, [account.name for account in found])
    if not found and format_ is Format.TABLE:
        typer.echo("there is no account; add one with: artgate accounts add NAME --role admin")
        return
    rows = [_row(account, called.get(account.name)) for account in found]
    print_records(rows, format_, _COLUMNS)


def disable(name: str) -> None:
    """Disable an account."""
    with installation() as (_, sessions), sessions.begin() as session:
        accounts.disable(session, name)
    typer.echo(f"account {name} is disabled")


def enable(name: str) -> None:
    """Enable an account."""
    with installation() as (_, sessions), sessions.begin() as session:
        accounts.enable(session, name)
    typer.echo(f"account {name} may be used again")


def password(name: str) -> None:
    """Set an account's password."""
    with installation() as (_, sessions):
        with sessions() as session:
            accounts.known(session, name)  # before one types a password in vain
        secret = _read_password()
        with sessions.begin() as session:
            accounts.set_password(session, name, secret)
    typer.echo(f"account {name} has another password")


def role(name: str, new: str) -> None:
    """Set an account's role."""
    with installation() as (_, sessions), sessions.begin() as session:
        accounts.set_role(session, name, Role(new))
    typer.echo(f"account {name} is {new} now")


def unenrol(name: str) -> None:
    """Forget an account's second factor."""
    with installation() as (_, sessions), sessions.begin() as session:
        had = second_factor.remove(session, name)
    typer.echo(f"account {name} {'can enrol another authenticator' if had else 'had no authenticator'}")


def link(name: str, subject: str) -> None:
    """Link an account with an identity."""
    with installation() as (settings, sessions), sessions.begin() as session:
        flow.link(session, settings, name, subject)
    typer.echo(f"{subject} of {settings.oidc_issuer} signs in as {name}")


def _read_password() -> str:
    """Asked for twice on a terminal, else the first line of standard input: never an argument."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return sys.stdin.readline().rstrip("\r\n")


def _row(account: StoredAccount, pseudonym: UUID | None) -> dict[str, object]:
    row: dict[str, object] = {
        name: value for name, value in asdict(account).items() if name != "password_hash"
    }
    row |= {
        "state": "enabled" if account.enabled else "disabled",
        "password": "none" if account.password_hash is None else "set",
        "pseudonym": pseudonym,
    }
    return row

"""Describes and lists reviewers."""

from __future__ import annotations

from dataclasses import asdict

import typer

from db.models.accounts import Role
from db.queries import first_opinions, reviewers
from db.queries.accounts import by_name
from db.queries.first_opinions import Changes
from db.queries.reviewers import Profile
from detector.reasons import Reason, Rejected
from worker.cli.output import Format, print_records
from worker.cli.work.wiring import installation

_COLUMNS = ("name", "skills", "languages", "accounts", "senior", "first_opinions", "changed_towards_machine")


def set_(
    name: str, skills: tuple[str, ...], languages: tuple[str, ...], accounts: tuple[str, ...], *, senior: bool
) -> None:
    """Write a reviewer's description."""
    if not name.strip():
        raise Rejected(Reason.BAD_REQUEST, "a reviewer needs a name")
    with installation() as (_, sessions), sessions.begin() as session:
        account = by_name(session, name)
        if account is not None and senior and account.role is not Role.SENIOR:
            raise Rejected(
                Reason.ACCOUNT_INVALID,
                f"{name} has an account, whose role says it: run `artgate accounts role {name} senior`",
            )
        senior = senior or (account is not None and account.role is Role.SENIOR)
        given = Profile(name=name, skills=skills, languages=languages, accounts=accounts, senior=senior)
        reviewers.describe(session, given)
    typer.echo(f"{name} is registered{' as senior' if senior else ''}")


def list_(format_: Format) -> None:
    """Print everyone who was described."""
    with installation() as (_, sessions), sessions() as session:
        changes = {each.reviewer: each for each in first_opinions.changes(session)}
        found = [_row(each, changes.get(each.name)) for each in reviewers.all_profiles(session)]
    if not found and format_ is Format.TABLE:
        typer.echo("no reviewer was described yet: `artgate reviewer set NAME` does it")
        return
    if format_ is Format.TABLE:
        found = [{name: _words(value) for name, value in each.items()} for each in found]
    print_records(found, format_, _COLUMNS)


def _row(profile: Profile, changes: Changes | None) -> dict[str, object]:
    """A reviewer, with how often seeing what the detector says moved them to its side."""
    share = None if changes is None else changes.share_towards
    given = 0 if changes is None else changes.given
    return {**asdict(profile), "first_opinions": given, "changed_towards_machine": share}


def _words(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) or None) if isinstance(value, tuple) else value

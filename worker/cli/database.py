"""``artgate db``: the schema of the database that the settings name."""

from __future__ import annotations

from typing import Annotated

import typer
from alembic.util import CommandError

from detector.reasons import Reason, Rejected
from migrations import runner
from worker.settings import read_settings


def upgrade(to: Annotated[str, typer.Argument(help="A revision.")] = "head") -> None:
    """Bring the schema to the revision that this version needs, or to an earlier one."""
    url = _url()
    try:
        runner.upgrade(url, to)
    except CommandError as error:
        raise _no_such_revision(to) from error
    typer.echo(_sentence(runner.check(url)))


def downgrade(
    to: Annotated[str, typer.Argument(help="A revision; `base` drops every table.", show_default=False)],
    *,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask: what the newer tables hold is lost.")
    ] = False,
) -> None:
    """Take the schema back to an earlier revision; what newer tables and columns hold is lost."""
    if not yes:
        typer.confirm(f"Take the schema back to {to} and lose what is newer?", abort=True, err=True)
    url = _url()
    try:
        runner.downgrade(url, to)
    except CommandError as error:
        raise _no_such_revision(to) from error
    typer.echo(_sentence(runner.check(url)))


def check() -> None:
    """Say whether the schema is what this version needs; exit status 1 where it is not."""
    state = runner.check(_url())
    typer.echo(_sentence(state))
    for difference in state.differences:
        typer.echo(f"  {difference}")
    if not state.ok:
        raise typer.Exit(1)


def revision(message: Annotated[str, typer.Argument(help="What changes, in a few words.")]) -> None:
    """Write a migration from what the models have and the (migrated) database has not; for developers."""
    typer.echo(f"{runner.revision(_url(), message)}: check every line of it by hand")


def _url() -> str:
    return read_settings().database_url.get_secret_value()


def _sentence(state: runner.SchemaState) -> str:
    current = state.current or "none"
    if state.current != state.head:
        return f"schema: revision {current}, needs {state.head}; run `artgate db upgrade`"
    if state.differences:
        return f"schema: revision {current}, with differences that no migration made:"
    return f"schema: revision {current}, as needed"


def _no_such_revision(name: str) -> Rejected:
    return Rejected(Reason.NOT_FOUND, f"there is no revision {name!r} to go to from where the schema stands")

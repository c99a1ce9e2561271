"""What ``artgate db`` does."""

from __future__ import annotations

from collections.abc import Callable

import typer
from alembic.util import CommandError

from detector.reasons import Reason, Rejected, Transient
from migrations import runner
from worker.cli.failures import FAULT
from worker.settings import read_settings


def upgrade(to: str) -> None:
    """Migrate forwards and say where the schema stands."""
    _migrate(runner.upgrade, to)


def downgrade(to: str) -> None:
    """Migrate backwards and say where the schema stands."""
    _migrate(runner.downgrade, to)


def check() -> None:
    """Compare the schema with the models; status 1 where they differ."""
    state = runner.check(_url())
    typer.echo(_sentence(state))
    for difference in state.differences:
        typer.echo(f"  {difference}")
    if not state.ok:
        raise typer.Exit(FAULT)


def revision(message: str) -> None:
    """Write a migration."""
    typer.echo(f"{runner.revision(_url(), message)}: check every line of it by hand")


def _migrate(move: Callable[[str, str], None], to: str) -> None:
    url = _url()
    try:
        move(url, to)
    except CommandError as error:
        raise _no_such_revision(to) from error
    except TimeoutError as error:  # an index is being built apart
        raise Transient(Reason.DATABASE_UNAVAILABLE, str(error)) from error
    typer.echo(_sentence(runner.check(url)))


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

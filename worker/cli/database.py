"""``artgate db``: the schema of the database that the settings name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def upgrade(to: Annotated[str, typer.Argument(help="A revision.")] = "head") -> None:
    """Bring the schema to the revision that this version needs, or to an earlier one."""
    from worker.cli.work import database as work  # noqa: PLC0415 - help needs no database

    work.upgrade(to)


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
    from worker.cli.work import database as work  # noqa: PLC0415 - help needs no database

    work.downgrade(to)


def check() -> None:
    """Say whether the schema is what this version needs; exit status 1 where it is not."""
    from worker.cli.work import database as work  # noqa: PLC0415 - help needs no database

    work.check()


def roles(
    *,
    secrets: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Give each role a password and write its URL to a file here; files that exist are kept.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a database role of least privilege for each process, and give the tables to the migrator.

    `ARTGATE_DATABASE_URL` names an administrator of PostgreSQL for this once. Calling it again changes
    nothing but what is missing.
    """
    from worker.cli.work import roles as work  # noqa: PLC0415 - help needs no database

    work.make(secrets)


def revision(message: Annotated[str, typer.Argument(help="What changes, in a few words.")]) -> None:
    """Write a migration from what the models have and the (migrated) database has not; for developers."""
    from worker.cli.work import database as work  # noqa: PLC0415 - help needs no database

    work.revision(message)

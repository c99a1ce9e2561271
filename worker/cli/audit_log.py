"""``artgate audit``: the log of what was decided, and whether anyone has changed it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def chain() -> None:
    """Append what waits to the audit log's chain and sign its end; the sweeper does it all the time."""
    from worker.cli.work import audit_log as work  # noqa: PLC0415 - help needs no database

    work.chain()


def heads(
    *,
    after: Annotated[int, typer.Option(min=0, help="Only heads behind this number.")] = 0,
) -> None:
    """Print the signed heads as JSON lines: keep them where the database's administrators can't reach.

    A head holds a number, a hash and a signature, and nothing of any item or person.
    """
    from worker.cli.work import audit_log as work  # noqa: PLC0415 - help needs no database

    work.heads(after)


def verify(
    *,
    heads_: Annotated[
        Path | None,
        typer.Option(
            "--heads", metavar="FILE", help="Heads that were exported: they show a tail that was cut."
        ),
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Look for edits, insertions, deletions and a cut tail, whoever made them, and for rows that differ.

    Exits with 0 when everything is as it was written, with 1 when something is not.
    """
    from worker.cli.work import audit_log as work  # noqa: PLC0415 - help needs no database

    work.verify(heads_, format_)

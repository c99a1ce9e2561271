"""``artgate policy``: where review items go, which come first, and who may have them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The policy as YAML or JSON.")]


def show() -> None:
    """Print the review policy in force as YAML, every default spelt out: a file to begin with."""
    from worker.cli.work import policy as work  # noqa: PLC0415 - help needs no database

    work.show()


def check(file: FileArgument) -> None:
    """Say whether a file is a review policy that this version understands. Needs no database."""
    from worker.cli.work import policy as work  # noqa: PLC0415 - help needs no database

    work.check(file)


def apply(file: FileArgument) -> None:
    """Put a review policy into force, for every process from its next transaction on.

    Items that wait are moved to their new places by the sweeper. Earlier policies are kept.
    """
    from worker.cli.work import policy as work  # noqa: PLC0415 - help needs no database

    work.apply(file)

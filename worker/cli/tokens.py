"""``artgate tokens``: accounts' keys to the HTTP API."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from worker.cli.accounts import RoleName
from worker.cli.output import Format, FormatOption


def add(
    name: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whose token it is.")],
    *,
    role: Annotated[
        RoleName | None,
        typer.Option(help="What it may do at most; by default what the account may.", show_default=False),
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for, for whoever reads the list.")] = "",
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="How long it is valid; for ever without it.")
    ] = None,
) -> None:
    """Make a token and print it: this once, as artgate keeps no more than its hash.

    It goes into the header of requests: `Authorization: Bearer TOKEN`.
    """
    from worker.cli.work import tokens as work  # noqa: PLC0415 - help needs no database

    work.add(name, role, label, days)


def list_tokens(*, format_: FormatOption = Format.TABLE) -> None:
    """List all tokens with their accounts, roles and last use."""
    from worker.cli.work import tokens as work  # noqa: PLC0415 - help needs no database

    work.list_tokens(format_)


def revoke(
    token: Annotated[UUID, typer.Argument(metavar="ID", help="Id of the token, as the list has it.")],
) -> None:
    """Let a token be used no more, from the next request on."""
    from worker.cli.work import tokens as work  # noqa: PLC0415 - help needs no database

    work.revoke(token)

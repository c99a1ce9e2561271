"""``artgate accounts``: who may sign in, and as what."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from worker.cli.output import Format, FormatOption

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the account signs in with.")]
RoleName = Literal["service", "moderator", "senior", "admin", "auditor"]


def add(
    name: NameArgument,
    *,
    role: Annotated[RoleName, typer.Option(help="What they may do.")] = "moderator",
    no_password: Annotated[
        bool, typer.Option("--no-password", help="For who signs in with the identity provider alone.")
    ] = False,
) -> None:
    """Add an account. The password is asked for, or read from standard input; a service has none."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.add(name, role, with_password=not no_password)


def list_accounts(*, format_: FormatOption = Format.TABLE) -> None:
    """List all accounts with their roles and pseudonyms."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.list_accounts(format_)


def disable(name: NameArgument) -> None:
    """Let an account be used no more, from the next request on. Its decisions stay."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.disable(name)


def enable(name: NameArgument) -> None:
    """Let a disabled account be used again."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.enable(name)


def password(name: NameArgument) -> None:
    """Give an account another password, which is asked for or read from standard input."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.password(name)


def role(
    name: NameArgument,
    new: Annotated[RoleName, typer.Argument(metavar="ROLE", help="What they may do from now on.")],
) -> None:
    """Give an account another role."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.role(name, new)


def unenrol(name: NameArgument) -> None:
    """Forget an account's authenticator and recovery codes, as after their loss; its sessions end.

    Make sure that it is the right person who asks: from then on the password alone lets them enrol anew.
    """
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.unenrol(name)


def link(
    name: NameArgument,
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The claim `sub` that the provider gives the person.")
    ],
) -> None:
    """Let an identity of the provider in ARTGATE_OIDC_ISSUER sign in as this account."""
    from worker.cli.work import accounts as work  # noqa: PLC0415 - help needs no database

    work.link(name, subject)

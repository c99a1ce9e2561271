"""``artgate reviewer``: who reviews, what they can judge, and what is their own."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def set_(
    name: Annotated[str, typer.Argument(help="The name that their claims and decisions stand under.")],
    *,
    skill: Annotated[
        list[str] | None, typer.Option(help="A skill that queues may ask for; repeat it.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="A language they read; none means any. Repeat it.")
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(help="Their own account on the platform: they never see its uploads. Repeat it."),
    ] = None,
    senior: Annotated[bool, typer.Option("--senior", help="They settle what others disagree on.")] = False,
) -> None:
    """Describe a reviewer, over what was said of them before."""
    from worker.cli.work import reviewer as work  # noqa: PLC0415 - help needs no database

    work.set_(name, tuple(skill or ()), tuple(language or ()), tuple(account or ()), senior=senior)


def list_(*, format_: FormatOption = Format.TABLE) -> None:
    """List the reviewers that were described.

    Where their queues ask for a first opinion: how many they gave, and of those that were not what the
    detector leans to, the share that they changed towards it once they saw it.
    """
    from worker.cli.work import reviewer as work  # noqa: PLC0415 - help needs no database

    work.list_(format_)

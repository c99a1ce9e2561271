"""``artgate known``: pictures whose answer is known, mixed in unmarked."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import typer

from worker.cli.output import Format, FormatOption


def add(
    image: Annotated[
        UUID, typer.Argument(metavar="IMAGE", help="Id of the picture, as `artgate show` has it.")
    ],
    answer: Annotated[Literal["genuine", "synthetic"], typer.Argument(help="What it is.")],
) -> None:
    """Say what a picture is, and ask reviewers about it, at the rate of the policy's known_answer_share.

    Each is asked at most once, never who has decided or uploaded it, and the platform is told nothing.
    """
    from worker.cli.work import known as work  # noqa: PLC0415 - help needs no database

    work.add(image, answer)


def list_(*, format_: FormatOption = Format.TABLE) -> None:
    """List known answers and how often they were asked."""
    from worker.cli.work import known as work  # noqa: PLC0415 - help needs no database

    work.list_(format_)


def retire(
    known: Annotated[UUID, typer.Argument(metavar="ID", help="Id of the known answer.")],
) -> None:
    """Ask about a picture no more; the answers so far still count."""
    from worker.cli.work import known as work  # noqa: PLC0415 - help needs no database

    work.retire(known)

"""``artgate api``: what a platform's program asks, asked from a shell."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from worker.cli.output import Format, FormatOption

Target = Annotated[
    str, typer.Argument(metavar="TARGET", help="Id of an image or an event, or s3://bucket/key.")
]


def post(
    addresses: Annotated[list[str], typer.Argument(metavar="S3://BUCKET/KEY...", help="Uploaded objects.")],
    *,
    uploader: Annotated[str | None, typer.Option(help="Whose they are.", show_default=False)] = None,
    domain: Annotated[
        str | None, typer.Option(help="What kind of pictures they are.", show_default=False)
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Post upload events to the hook, as the platform does, and print their ids."""
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.post(addresses, uploader, domain, format_)


def verdict(target: Target, *, format_: FormatOption = Format.TABLE) -> None:
    """Say what holds of a picture: people's decision, else the verdict of its newest scan."""
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.verdict(target, format_)


def changes(
    *,
    after: Annotated[int, typer.Option(min=0, help="The number of the last change that you have.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Changes to print at most.")] = 100,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Print what has changed since a cursor, oldest first; the last line's number is the next cursor."""
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.changes(after, limit, format_)


def appeal(
    target: Target,
    *,
    appellant: Annotated[str, typer.Option(help="Whose appeal it is, as the platform calls them.")],
    statement: Annotated[
        str | None, typer.Option(help="What they say, in a few sentences.", show_default=False)
    ] = None,
    evidence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND,FILE,S3://BUCKET/KEY",
            help="What shows how it was made (layers, time_lapse, sketches, other): the file, and where its "
            "upload lies. Can be given several times.",
            show_default=False,
        ),
    ] = None,
    format_: FormatOption = Format.TABLE,
) -> None:
    """File an artist's appeal: people who have not decided on the picture look at it again."""
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.appeal(target, appellant, statement, evidence or [], format_)


def appealed(
    appeal_id: Annotated[UUID, typer.Argument(metavar="ID", help="Id of the appeal.")],
    *,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say where an appeal stands."""
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.appealed(appeal_id, format_)


def erase(
    *,
    image: Annotated[UUID | None, typer.Option(help="One picture, by its id.", show_default=False)] = None,
    object_: Annotated[
        str | None,
        typer.Option(
            "--object", metavar="S3://BUCKET/KEY", help="All versions of an object.", show_default=False
        ),
    ] = None,
    uploader: Annotated[
        str | None, typer.Option(help="All that a person has uploaded.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Forget a picture, an object or a person, for good; the counts and the audit log stay valid.

    Files in the storage stay: they are the platform's to delete.
    """
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.erase(image, object_, uploader, format_, sure=yes)


def erased(
    erasure_id: Annotated[UUID, typer.Argument(metavar="ID", help="Id of the erasure.")],
    *,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Print the report of an erasure."""
    from worker.cli.work import api as work  # noqa: PLC0415 - help needs no network

    work.erased(erasure_id, format_)

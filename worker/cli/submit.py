"""``artgate submit``: objects that are in the storage already."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def submit(
    addresses: Annotated[
        list[str], typer.Argument(metavar="S3://BUCKET/KEY...", help="Objects, keys as they are.")
    ],
    *,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Take everything below each s3://bucket/prefix.")
    ] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Hand objects of a bucket in for scanning.

    Single objects are treated like uploads. A whole prefix, such as a first stock of pictures, goes to the
    queue of bulk work, which delays no upload; a run that was stopped goes on when the same command is given
    again, as what is known already is passed over. Exits with 3 when some objects could not be handed in.
    """
    from worker.cli.work import submit as work  # noqa: PLC0415 - help needs no database

    if recursive:
        work.submit_prefixes(addresses, format_)
    else:
        work.submit_objects(addresses, format_)

"""``artgate show``: everything known of one picture."""

from __future__ import annotations

from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption


def show(
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="s3://bucket/key, or the id of an image, an event or an item."),
    ],
    *,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Tell everything known of one picture: uploads, versions, verdicts, review and decisions."""
    from worker.cli.work import show as work  # noqa: PLC0415 - help needs no database

    work.show(image, format_)

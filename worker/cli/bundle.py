"""``artgate bundle``: model bundles as files, and the one that is in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption

BundleArgument = Annotated[Path, typer.Argument(metavar="PATH", help="A bundle: a folder or one file.")]


def show(path: BundleArgument, *, format_: FormatOption = Format.TABLE) -> None:
    """Print what a bundle is made of, what it was trained on, and how good it is.

    Every part is checked against its hash; weights of backbones need not be on this machine.
    """
    from worker.cli.work import bundle as work  # noqa: PLC0415 - help needs no models

    work.show(path, format_)


def card(
    path: BundleArgument,
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", dir_okay=False, help="Where to write it; else it is printed."),
    ] = None,
) -> None:
    """Write a bundle's model card, in Markdown: use, data, recipe, figures, error rates, limits."""
    from worker.cli.work import bundle_figures as work  # noqa: PLC0415 - help needs no models

    work.card(path, out)


def diff(
    one: Annotated[Path, typer.Argument(metavar="A", help="A bundle: a folder or one file.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    *,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say what two bundles differ in, from their vectors to their figures.

    Exits as diff does: with 0 where they are the same, with 1 where they differ, with 2 where one of them
    can't be read.
    """
    from worker.cli.work import bundle_figures as work  # noqa: PLC0415 - help needs no models

    work.diff(one, other, format_)


def warrant(
    path: BundleArgument,
    report: Annotated[
        Path, typer.Argument(metavar="REPORT.json", help="What `artgate evaluate` has measured of it.")
    ],
    out: Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False, help="Where to write it.")],
) -> None:
    """Write a bundle again with the error rates that a report has measured: those go with its verdicts.

    Cells of the report take the place of those that the bundle has; its other cells stay. Nothing else
    changes, but it is another bundle, with another id.
    """
    from worker.cli.work import bundle_figures as work  # noqa: PLC0415 - help needs no models

    work.warrant(path, report, out)


def verify(path: BundleArgument) -> None:
    """Check every hash, schema and version of a bundle, and load it with its backbone's weights."""
    from worker.cli.work import bundle as work  # noqa: PLC0415 - help needs no models

    work.verify(path)


def activate(
    path: BundleArgument,
    *,
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="The admin's account that answers for it.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Why, for the audit log.")] = None,
) -> None:
    """Make a bundle the one that judges, from each worker's next scan on; none is restarted.

    It is loaded here first, so that a broken one never becomes active. Workers load it from the same path.
    Where another one was activated, this passes over shadow and canary (`artgate rollout`), so it needs --by
    and --reason.
    """
    from worker.cli.work import bundle as work  # noqa: PLC0415 - help needs no models

    work.activate(path, by, reason)


def pack(
    path: BundleArgument, file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")]
) -> None:
    """Write a bundle as one file. Its id stays the same."""
    from worker.cli.work import bundle as work  # noqa: PLC0415 - help needs no models

    work.pack(path, file)

"""``artgate data``: data sets to train and to evaluate on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from worker.cli.output import Format, FormatOption

ManifestArgument = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST", help="A YAML file, or the name of a manifest that `artgate data manifests` lists."
    ),
]
RootOption = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        file_okay=False,
        help="Folder where relative paths start; by default the manifest's own, or the current one for a "
        "manifest by name.",
    ),
]


def manifests(*, format_: FormatOption = Format.TABLE) -> None:
    """List the manifests that come with artgate: the published data sets, ready to be gathered."""
    from worker.cli.work import data as work  # noqa: PLC0415 - help needs no models

    work.manifests(format_)


def describe(
    manifest: ManifestArgument,
    *,
    root: RootOption = None,
    details: Annotated[
        bool, typer.Option("--details", help="A line for each group, domain and generator of a source.")
    ] = False,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Say what a manifest would give: pictures by source, split, label, domain and licence.

    Nothing is fetched. Rows of local sources are counted; of the others you see what the manifest says.
    """
    from worker.cli.work import data as work  # noqa: PLC0415 - help needs no models

    work.describe(manifest, root, format_, details=details)


def gather(
    manifest: ManifestArgument,
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", file_okay=False, help="Where the pictures are put.")
    ],
    *,
    root: RootOption = None,
    without: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A source to do without; may be repeated.")
    ] = None,
) -> None:
    """Fetch every picture that a manifest names, and write FOLDER/manifest.csv for `artgate train --corpus`.

    It can be stopped at any moment and called again: it goes on where it stopped. Each picture is decoded
    once. What gave no picture is in FOLDER/failures.csv with its reason. Near-duplicates of another split are
    left out; splits that share a group or a source are refused.
    """
    from worker.cli.work import data as work  # noqa: PLC0415 - help needs no models

    work.gather(manifest, folder, root, tuple(without or ()))


def check(
    path: Annotated[
        Path,
        typer.Argument(metavar="FOLDER_OR_CSV", help="A folder that was gathered, or a CSV manifest."),
    ],
    *,
    against: Annotated[
        Path | None,
        typer.Option(metavar="OTHER", help="A second one: nothing of it may be in the first."),
    ] = None,
    within: Annotated[
        int, typer.Option(min=0, max=7, help="Bits of 64 up to which two pictures are near-duplicates.")
    ] = 6,
    format_: FormatOption = Format.TABLE,
) -> None:
    """Find what is trained on and tested on alike: near-duplicates, shared groups and sources, two labels.

    Prints every pair and exits with 3 where there is one, with 0 where there is none.
    """
    from worker.cli.work import data as work  # noqa: PLC0415 - help needs no models

    work.check(path, against, within, format_)

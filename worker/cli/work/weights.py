"""Fetches what ``artgate weights fetch`` asks for."""

from __future__ import annotations

from pathlib import Path

import typer

from worker.settings import read_settings
from worker.weights import fetch
from worker.weights.folder import WeightsFolder
from worker.weights.wanted import STARTER, wanted_by


def fetch_for_bundle(bundle: Path | None) -> None:
    """Fetch what a bundle names, by default the shipped starter."""
    folder = _folder()
    weights = wanted_by(bundle or STARTER)
    fetched = fetch.ensure(weights, folder, _say)
    for backbone, sha256 in weights.items():
        _done(backbone, sha256, "fetched" if backbone in fetched else "there already")
    if not weights:
        typer.echo("the bundle needs no weights")


def fetch_backbone(backbone: str) -> None:
    """Fetch what timm knows by a name."""
    file = fetch.obtain(backbone, _folder(), _say)
    _done(backbone, file.stem, "in place")


def adopt(file: Path, sha256: str | None, backbone: str | None) -> None:
    """Keep a file that lies on this machine."""
    found = fetch.adopt(file, sha256, _folder(), backbone)
    _done(backbone or file.name, found, "in place")


def _folder() -> WeightsFolder:
    return WeightsFolder(read_settings().weights_dir)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _done(name: str, sha256: str, how: str) -> None:
    typer.echo(f"weights of {name}: {how} (sha256 {sha256})")

"""Fetches weights from wherever they can be had, and says what it does."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from detector.reasons import Fault, Reason
from worker.weights import hub, package
from worker.weights.catalogue import packaged
from worker.weights.folder import WeightsFolder

Say = Callable[[str], None]
"""Takes a line about what is being done, for whoever waits."""


def ensure(weights: Mapping[str, str], folder: WeightsFolder, say: Say) -> list[str]:
    """Fetch what is not there yet.

    Args:
        weights: sha256 by backbone, as a bundle's manifest names them.
        folder: where they are kept.
        say: told of each download.

    Returns:
        The backbones that were fetched.

    Raises:
        Fault: ``weights_missing`` or ``weights_hash_mismatch``.
    """
    absent = {backbone: sha256 for backbone, sha256 in weights.items() if not folder.holds(sha256)}
    for backbone, sha256 in absent.items():
        _fetch(backbone, sha256, folder, say)
    return list(absent)


def obtain(backbone: str, folder: WeightsFolder, say: Say) -> Path:
    """The file of a backbone's weights: what is kept, else what a package has, else what the hub has.

    Raises:
        Fault: ``weights_missing`` or ``weights_hash_mismatch``.
    """
    kept = folder.named(backbone)
    entry = packaged(backbone=backbone)
    if kept is None and entry is not None and folder.holds(entry.sha256):
        kept = entry.sha256
    return folder.file(kept or _fetch(backbone, entry.sha256 if entry else None, folder, say))


def adopt(file: Path, sha256: str | None, folder: WeightsFolder, backbone: str | None = None) -> str:
    """Keep a file that lies on this machine, under a backbone's name where one is given; gives its hash.

    Raises:
        Fault: ``weights_missing``: it is no safetensors file; ``weights_hash_mismatch``: it is another file.
    """
    _expect_safetensors(file)
    found = folder.keep_copy(file, sha256)
    if backbone is not None:
        folder.name(backbone, found)
    return found


def _fetch(backbone: str, sha256: str | None, folder: WeightsFolder, say: Say) -> str:
    """Fetch by hash where it is known, else what the hub has under the backbone's name."""
    entry = packaged(sha256=sha256) if sha256 else None
    if entry is not None:
        say(f"fetching the weights of {backbone} from the package {entry.package} {entry.version}")
        folder.keep(package.fetch(entry), entry.sha256)
        return entry.sha256
    say(f"fetching the weights of {backbone} from the hub")
    with tempfile.TemporaryDirectory(prefix="artgate-weights-") as temporary:
        return adopt(hub.download(backbone, Path(temporary)), sha256, folder, backbone)


def _expect_safetensors(file: Path) -> None:
    """The format begins with the length of a JSON header: anything else is refused before it is copied."""
    try:
        with file.open("rb") as opened:
            length, first = int.from_bytes(opened.read(8), "little"), opened.read(1)
        size = file.stat().st_size
    except OSError as error:
        raise Fault(Reason.WEIGHTS_MISSING, f"{file} can't be read: {error.strerror}") from None
    if first != b"{" or length + 8 > size:
        raise Fault(Reason.WEIGHTS_MISSING, f"{file} is no safetensors file: convert it, or name another")

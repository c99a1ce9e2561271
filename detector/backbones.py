"""Finds the weights of backbones, which are too large for a bundle, and makes sure that they are the ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

from detector.reasons import Fault, Reason


def weights_file(folder: Path, backbone: str, sha256: str) -> Path:
    """The file with a backbone's weights, checked byte by byte.

    Args:
        folder: holds weights as ``<sha256>.safetensors``.
        backbone: timm's name, for the message.
        sha256: of the file wanted, in hexadecimal.

    Raises:
        Fault: ``weights_missing``, ``weights_hash_mismatch``.
    """
    path = folder / f"{sha256}.safetensors"
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Fault(
            Reason.WEIGHTS_MISSING,
            f"The weights of {backbone} ({sha256[:12]}) are not here; run `artgate weights fetch`.",
        ) from error
    if found != sha256:
        raise Fault(
            Reason.WEIGHTS_HASH_MISMATCH,
            f"The weights file of {backbone} has changed (its hash is {found[:12]}, not {sha256[:12]});"
            " delete it and run `artgate weights fetch`.",
        )
    return path

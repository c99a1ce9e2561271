"""Which weights a bundle names, read from its manifest without loading the bundle."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from detector.reasons import Fault, Reason

_MANIFEST = "manifest.json"


def wanted_by(bundle: Path) -> dict[str, str]:
    """The sha256 of the weights of each backbone that the bundle at ``bundle`` needs, its veto's included.

    Raises:
        Fault: ``bundle_invalid``.
    """
    try:
        manifest = json.loads(_read(bundle))
        weights = {str(backbone): str(sha256) for backbone, sha256 in manifest["weights"].items()}
        veto: dict[str, Any] | None = manifest.get("veto")
        if veto is not None:
            weights[str(veto["backbone"])] = str(veto["weights_sha256"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        raise Fault(
            Reason.BUNDLE_INVALID,
            f"{bundle} is no bundle: name a folder with a {_MANIFEST}, or the one file of such a folder",
        ) from None
    return weights


def _read(bundle: Path) -> bytes:
    if bundle.is_dir():
        return (bundle / _MANIFEST).read_bytes()
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(_MANIFEST)

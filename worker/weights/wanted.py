"""Which weights a bundle names, read from its manifest alone: loading a bundle takes seconds."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import detector
from detector.reasons import Fault, Reason

_MANIFEST = "manifest.json"
STARTER = Path(detector.__file__).with_name("starter")
"""`detector.STARTER`, without the numeric libraries that come with it."""


def wanted_by(bundle: Path) -> dict[str, str]:
    """The sha256 of the weights of each backbone that the bundle at ``bundle`` needs.

    Raises:
        Fault: ``bundle_invalid``.
    """
    try:
        weights = json.loads(_read(bundle))["weights"]
        return {str(backbone): str(sha256) for backbone, sha256 in weights.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        raise Fault(
            Reason.BUNDLE_INVALID,
            f"{bundle} is no bundle: name a folder with a {_MANIFEST}, or the one file of such a folder",
        ) from None


def _read(bundle: Path) -> bytes:
    if bundle.is_dir():
        return (bundle / _MANIFEST).read_bytes()
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(_MANIFEST)

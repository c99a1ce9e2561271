"""Bundles: everything that a verdict depends on but the picture and the backbone's weights, under one id.

A bundle is a folder, or one zip file of it: ``manifest.json`` and the parts that it names, each with its
sha256. Its id is the sha256 of the manifest, so whoever knows the id knows every number in it.
"""

from __future__ import annotations

from detector.bundle.files import MANIFEST, STARTER, SUFFIX
from detector.bundle.loading import Bundle, read_bundle
from detector.bundle.manifest import CheckedRuntime
from detector.bundle.writing import Contents, pack_bundle, warrant_bundle, write_bundle

__all__ = [
    "MANIFEST",
    "STARTER",
    "SUFFIX",
    "Bundle",
    "CheckedRuntime",
    "Contents",
    "pack_bundle",
    "read_bundle",
    "warrant_bundle",
    "write_bundle",
]

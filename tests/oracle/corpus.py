"""Compares the detector's features with the plain chain's on pictures of a corpus, drawn by chance.

``python -m tests.oracle.corpus MANIFEST.csv [COUNT]`` names each value outside the golden tolerances, and
ends with status 1 where there is one. A picture takes a second; `make test` compares a few made ones instead.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from detector.decode import decode
from detector.features import HC148, extract
from tests.detector.features.golden import TOLERANCES
from tests.oracle.chain import extract_plainly
from tests.pictures import Pixels

_SEED = 8


def main(manifest: Path, count: int) -> int:
    """Print what differs, and how much was compared."""
    with manifest.open(newline="", encoding="utf-8") as file:
        names = [row["path"] for row in csv.DictReader(file)]
    outside = 0
    chosen = random.Random(_SEED).sample(names, min(count, len(names)))
    for name in chosen:
        for feature, fast, plain in differences(decode((manifest.parent / name).read_bytes()).rgb):
            outside += 1
            print(f"{name}: {feature} is {fast!r}, plainly {plain!r}")
    print(f"{len(chosen)} pictures, {len(chosen) * len(HC148.names)} values, {outside} outside")
    return int(outside > 0)


def differences(rgb: Pixels) -> Iterator[tuple[str, float, float]]:
    """Name, the detector's and the plain value of each feature that is outside; not finite counts as 0."""
    features, plain = extract(rgb), extract_plainly(rgb)
    for name, value in zip(features.names, features.values.tolist(), strict=True):
        relative, absolute = TOLERANCES[name]
        found, expected = (v if isfinite(v) else 0.0 for v in (value, plain[name]))
        if abs(found - expected) > absolute + relative * abs(expected):
            yield name, value, plain[name]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200))

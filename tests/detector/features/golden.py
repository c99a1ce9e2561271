"""The golden pictures, their values, and how far a value may lie from them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from detector.features import Features
from detector.features.arrays import Pixels

GOLDEN = Path(__file__).parents[2] / "data" / "golden"
PICTURES = sorted(GOLDEN.glob("pictures/*.png"))
ODD_SIZES = sorted(GOLDEN.glob("resize/r*"))


def pixels(path: Path) -> Pixels:
    """RGB as stored: alpha dropped, gray in three equal channels."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (GOLDEN / name).open(newline="") as file:
        yield from csv.DictReader(file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    name: str
    golden: float
    computed: float

    def __str__(self) -> str:
        return f"{self.name}: golden {self.golden!r}, computed {self.computed!r}"


TOLERANCES = {row["name"]: (float(row["rtol"]), float(row["atol"])) for row in _rows("tolerances.csv")}
FRAGILE = {(row["image"], row["name"]) for row in _rows("fragile.csv")}
VALUES = {
    table: {
        row["image"]: {name: float(text) for name, text in row.items() if name != "image"}
        for row in _rows(table)
    }
    for table in ("hc148.csv", "optional.csv", "resize.csv")
}


def _stored(value: float) -> float:
    """Schema version 1 stores 0 for what is not finite."""
    return value if math.isfinite(value) else 0.0


def deviations(features: Features, table: str, image: str) -> list[Deviation]:
    """Features outside their tolerance, pairs that are rounding noise in the reference left out."""
    computed = dict(zip(features.names, features.values.tolist(), strict=True))
    outside = []
    for name, golden in VALUES[table][image].items():
        rtol, atol = TOLERANCES[name]
        expected, got = _stored(golden), _stored(computed[name])
        if (image, name) not in FRAGILE and abs(got - expected) > atol + rtol * abs(expected):
            outside.append(Deviation(name=name, golden=golden, computed=computed[name]))
    return outside

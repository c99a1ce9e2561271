"""A small corpus made in code: what its generators make is bright, what its people make is dark."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from tests.pictures import encode, painting


def write_corpus(folder: Path, *, groups: int = 6, pictures: int = 5, side: int = 72) -> Path:
    """Write pictures of so many groups of each label, and give their manifest."""
    manifest = folder / "manifest.csv"
    with manifest.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "group", "domain", "remark"])
        for number in range(2 * groups):
            label = ("human", "ai")[number % 2]
            domain = ("anime", "photo")[number // 2 % 2]
            for picture in range(pictures):
                name = f"{label}-{number}-{picture}.png"
                (folder / name).write_bytes(_picture(label, 100 * number + picture, side))
                writer.writerow([name, label, f"{label}-{number}", domain, ""])
    return manifest


def _picture(label: str, seed: int, side: int) -> bytes:
    pixels = painting(side, side, seed, strokes=20).astype(np.int16) // 2
    return encode((pixels + (100 if label == "ai" else 10)).astype(np.uint8))

"""A small corpus made in code: what its generators make is bright, what its people make is dark."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np

from detector.decode import decode
from detector.measuring import Measured, Measuring
from detector.perceptual import perceptual_hash
from detector.training.corpus import read_corpus
from detector.training.measuring import MeasuredCorpus, measured_corpus
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


def measure(manifest: Path) -> MeasuredCorpus:
    """The handcrafted features of a corpus, measured in this process."""
    entries = read_corpus(manifest)
    measuring = Measuring(("hc148",), None)
    return measured_corpus(entries, [_measured(entry.file, measuring) for entry in entries])


def _measured(file: Path, measuring: Measuring) -> Measured:
    data = file.read_bytes()
    picture = decode(data)
    return Measured(
        sha256=hashlib.sha256(data).hexdigest(),
        vector=measuring.vector(picture),
        perceptual_hash=perceptual_hash(picture),
    )


def _picture(label: str, seed: int, side: int) -> bytes:
    pixels = painting(side, side, seed, strokes=20).astype(np.int16) // 2
    return encode((pixels + (100 if label == "ai" else 10)).astype(np.uint8))

"""Stage `features`: the 148 handcrafted features of a 255 x 255 picture, beside the plain chain."""

from __future__ import annotations

import cv2

from detector.features import extract
from tests.benchmarks.report import Figures
from tests.benchmarks.stopwatch import median_milliseconds
from tests.detector.features.golden import PICTURES, pixels
from tests.oracle.chain import extract_plainly


def measure(*, smoke: bool) -> Figures:
    """Median over the golden pictures of that size, one thread."""
    cv2.setNumThreads(1)
    pictures = [rgb for rgb in map(pixels, PICTURES) if rgb.shape == (255, 255, 3)]
    if smoke:
        pictures = pictures[:1]
    extract(pictures[0])
    fast = median_milliseconds(extract, pictures, rounds=1 if smoke else 7)
    plain = median_milliseconds(extract_plainly, pictures, rounds=1)
    return {"features_ms": fast, "features_plain_ms": plain, "features_speedup": plain / fast}

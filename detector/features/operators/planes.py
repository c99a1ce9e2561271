"""Plain work on whole planes: the fastest call at hand for each, typed."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from detector.features.arrays import Levels, Pixels, Real, Single
from detector.features.compiled import compiled


def length(first: Real, second: Real) -> Real:
    """``sqrt(first^2 + second^2)``; the same bits for both orders, hence no fused multiplication."""
    flat = _length(np.ascontiguousarray(first).ravel(), np.ascontiguousarray(second).ravel())
    return flat.reshape(first.shape)


@compiled
def _length(first: Real, second: Real) -> Real:
    lengths = np.empty_like(first)
    for i in range(first.size):
        lengths[i] = np.sqrt(first[i] * first[i] + second[i] * second[i])
    return lengths


def channels(rgb: Pixels) -> tuple[Levels, Levels, Levels]:
    """Red, green and blue as contiguous planes."""
    red, green, blue = cv2.split(rgb)
    return cast("tuple[Levels, Levels, Levels]", (red, green, blue))


def lookup(levels: Levels, table: Real) -> Real:
    """The table's entry for each of the levels 0 .. 255, any number of channels."""
    return cast("Real", cv2.LUT(levels, table))


def reflected(image: Single, margin: int, width: int) -> Single:
    """Half-sample symmetric border of ``margin`` pixels; at the right of as many as ``width`` leaves."""
    sides = (margin, margin, margin, width - margin - image.shape[1])
    return cast("Single", cv2.copyMakeBorder(image, *sides, borderType=cv2.BORDER_REFLECT))

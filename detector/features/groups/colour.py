"""Colour (23): moments of the RGB and HSV channels, and the entropies of their joint histograms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detector.features.arrays import Counts, Levels
from detector.features.canvas import Canvas
from detector.features.operators.histogram import (
    bin_index,
    entropy,
    joint_counts,
    joint_histogram,
    level_counts,
)
from detector.features.operators.moments import level_moments, moments
from detector.features.operators.planes import channels

_BINS = 32


def _rgb_entropy(planes: tuple[Levels, Levels, Levels], counts: Sequence[Counts]) -> float:
    """Entropy of the 32 x 32 x 32 histogram, each channel between its own extremes."""
    bins = np.zeros((3, 256), dtype=np.uint8)
    for channel, levels in enumerate(counts):
        present = np.flatnonzero(levels)
        low, high = float(present[0]), float(present[-1])
        bins[channel, present] = bin_index(present.astype(np.float64), low, high, _BINS)
    return entropy(joint_counts(planes, bins, _BINS))


def colour(canvas: Canvas) -> dict[str, float]:
    """Mean, variance, excess kurtosis and skewness by channel; entropies of the two joint histograms.

    RGB is taken as integers 0 to 255, also for a picture of zeros and ones; HSV in [0, 1], without its
    means. Kurtosis and skewness of a constant channel are nan: every gray picture has them for hue and
    saturation. Units: levels and squared levels for RGB; entropies in nat, 0 to ln 32768.

    Source: hc148 specification, section 3.2; arXiv:2504.07078.
    """
    values: dict[str, float] = {}
    planes = channels(canvas.rgb)
    counts = [level_counts(plane) for plane in planes]
    for name, levels in zip(("red", "green", "blue"), counts, strict=True):
        m = level_moments(levels)
        values |= {
            f"{name}_mean": m.mean,
            f"{name}_variance": m.variance,
            f"{name}_kurtosis": m.kurtosis,
            f"{name}_skewness": m.skewness,
        }
    values["rgb_entropy"] = _rgb_entropy(planes, counts)
    for name, plane in zip(("hue", "saturation", "value"), canvas.hsv, strict=True):
        m = moments(plane)
        values |= {
            f"{name}_variance": m.variance,
            f"{name}_kurtosis": m.kurtosis,
            f"{name}_skewness": m.skewness,
        }
    values["hsv_entropy"] = entropy(joint_histogram(canvas.hsv, _BINS))
    return values

"""Colour (23): moments of the RGB and HSV channels, and the entropies of their joint histograms."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Counts, Pixels, Real
from detector.features.canvas import Canvas
from detector.features.operators.histogram import bin_edges, bin_index, entropy
from detector.features.operators.moments import level_moments, moments

_BINS = 32


def _rgb_entropy(rgb: Pixels, counts: list[Counts]) -> float:
    """Entropy of the 32 x 32 x 32 histogram, each channel between its own extremes."""
    cell = np.zeros(rgb.shape[:2], dtype=np.intp)
    for channel, levels in enumerate(counts):
        present = np.flatnonzero(levels).astype(np.float64)
        bins = np.zeros(256, dtype=np.intp)
        bins[levels > 0] = bin_index(present, bin_edges(present[0], present[-1], _BINS))
        cell = cell * _BINS + bins[rgb[..., channel]]
    return entropy(np.bincount(cell.ravel(), minlength=_BINS**3))


def _hsv_entropy(planes: tuple[Real, Real, Real]) -> float:
    """The same for hue, saturation and value."""
    cell = np.zeros(planes[0].shape, dtype=np.intp)
    for plane in planes:
        edges = bin_edges(float(plane.min()), float(plane.max()), _BINS)
        cell = cell * _BINS + bin_index(plane, edges)
    return entropy(np.bincount(cell.ravel(), minlength=_BINS**3))


def colour(canvas: Canvas) -> dict[str, float]:
    """Mean, variance, excess kurtosis and skewness by channel; entropies of the two joint histograms.

    RGB is taken as integers 0 to 255, also for a picture of zeros and ones; HSV in [0, 1], without its
    means. Kurtosis and skewness of a constant channel are nan: every gray picture has them for hue and
    saturation. Units: levels and squared levels for RGB; entropies in nat, 0 to ln 32768.

    Source: hc148 specification, section 3.2; arXiv:2504.07078.
    """
    values: dict[str, float] = {}
    counts = [np.bincount(canvas.rgb[..., c].ravel(), minlength=256) for c in range(3)]
    for name, levels in zip(("red", "green", "blue"), counts, strict=True):
        m = level_moments(levels)
        values |= {
            f"{name}_mean": m.mean,
            f"{name}_variance": m.variance,
            f"{name}_kurtosis": m.kurtosis,
            f"{name}_skewness": m.skewness,
        }
    values["rgb_entropy"] = _rgb_entropy(canvas.rgb, counts)
    for name, plane in zip(("hue", "saturation", "value"), canvas.hsv, strict=True):
        m = moments(plane)
        values |= {
            f"{name}_variance": m.variance,
            f"{name}_kurtosis": m.kurtosis,
            f"{name}_skewness": m.skewness,
        }
    values["hsv_entropy"] = _hsv_entropy(canvas.hsv)
    return values

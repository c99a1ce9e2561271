"""Patch consistency (6): how much local statistics vary over the picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import fft

from detector.features.arrays import EPS0, Real
from detector.features.canvas import Canvas
from detector.features.compiled import compiled_sum
from detector.features.operators.canny import canny
from detector.features.operators.moments import pearson, variation
from detector.features.operators.patches import patches

_SIDE = 32
_FREQUENCY = np.hypot(np.fft.fftfreq(_SIDE)[:, None], np.fft.rfftfreq(_SIDE)[None, :])
_BOTH_SIGNS = np.where(np.isin(np.arange(_SIDE // 2 + 1), (0, _SIDE // 2)), 1.0, 2.0)


@compiled_sum
def _centroids(coefficients: npt.NDArray[np.complex128]) -> Real:
    """Mean frequency of each patch, weighted by Fourier magnitude, cycles per pixel."""
    count, rows, columns = coefficients.shape
    centroids = np.empty(count)
    for patch in range(count):
        total, moment = 0.0, 0.0
        for y in range(rows):
            for x in range(columns):
                value = coefficients[patch, y, x]
                magnitude = np.sqrt(value.real * value.real + value.imag * value.imag) * _BOTH_SIGNS[x]
                total += magnitude
                moment += magnitude * _FREQUENCY[y, x]
        centroids[patch] = moment / (total + EPS0)
    return centroids


def patch_consistency(canvas: Canvas) -> dict[str, float]:
    """Variation of mean, deviation, edge density and spectral centroid over 49 patches of 32 x 32.

    Canny runs on each patch alone; each loses its own frame, while the density is over all 1024 pixels
    (kept; specification, section 5.10). The coherence is the correlation of patch means and deviations, nan
    where one of them is constant. Units: ratios; the range in cycles per pixel.

    Source: hc148 specification, section 3.9; after CINEMAE (2025).
    """
    tiles = patches(canvas.gray, _SIDE)
    mean, deviation = tiles.mean(axis=(1, 2)), tiles.std(axis=(1, 2))
    centroid = _centroids(fft.rfft2(tiles))
    side_by_side = np.ascontiguousarray(tiles.transpose(1, 2, 0))
    return {
        "patch_mean_cv": variation(mean),
        "patch_std_cv": variation(deviation),
        "patch_edge_cv": variation(canny(side_by_side).mean(axis=(0, 1))),
        "patch_freq_centroid_cv": variation(centroid),
        "patch_freq_centroid_range": float(centroid.max() - centroid.min()),
        "patch_coherence_score": pearson(mean, deviation),
    }

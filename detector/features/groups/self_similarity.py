"""Patch self-similarity (4): suspicious repetition within a picture."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import EPS0
from detector.features.canvas import Canvas

_LEFT_OUT = (
    *(1, 9, 11, 13, 15, 30, 42, 54, 55, 67, 93, 109, 114, 135, 149),
    *(164, 172, 173, 176, 181, 182, 201, 203, 217, 224),
)
"""Patches that the original's fixed draw of 200 of 225 missed, by raster index."""

_CHOSEN = np.setdiff1d(np.arange(225), _LEFT_OUT)


def self_similarity(canvas: Canvas) -> dict[str, float]:
    """Cosine of each of 200 patches of 16 x 16 with its most similar other patch.

    Raw patches, their mean not taken off: all smooth pictures come out near 1 (kept; specification,
    section 5.19). Distances in [0, 1]; no units. A black picture has distance 1.

    Source: hc148 specification, section 3.18.
    """
    vectors = canvas.patches16[_CHOSEN].reshape(len(_CHOSEN), -1)
    vectors = vectors / (np.sqrt((vectors * vectors).sum(axis=1, keepdims=True)) + EPS0)
    cosine = vectors @ vectors.T
    np.fill_diagonal(cosine, -np.inf)
    nearest = cosine.max(axis=1)
    return {
        "selfsim_min_dist": float(1.0 - nearest.max()),
        "selfsim_mean_min_dist": float(1.0 - nearest.mean()),
        "selfsim_near_duplicate_ratio": float(np.mean(nearest > 0.95)),
        "selfsim_dist_std": float(nearest.std()),
    }

"""Enhanced texture (14): co-occurrence over angles and distances, LBP frequencies, block energy."""

from __future__ import annotations

import numpy as np

from detector.features.canvas import Canvas
from detector.features.operators.glcm import Cooccurrence, cooccurrence
from detector.features.operators.histogram import code_histogram, entropy
from detector.features.operators.moments import moments
from detector.features.operators.patches import patch_variances

_OFFSETS = ((0, 1), (1, 1), (1, 0), (1, -1), (0, 3), (2, 2), (3, 0), (2, -2))
"""(dy, dx) at distances 1 and 3, angles 0, 45, 90 and 135 degrees, diagonals rounded to whole pixels."""


def _pairs(canvas: Canvas) -> list[Cooccurrence]:
    others = [cooccurrence(canvas.gray8, dy, dx) for dy, dx in _OFFSETS[1:]]
    return [canvas.right_neighbours, *others]


def enhanced_texture(canvas: Canvas) -> dict[str, float]:
    """Mean and spread of eight co-occurrence matrices; LBP frequencies; energy of 8 x 8 cosine blocks.

    The block energy without its constant coefficient is, by Parseval, the sum of squared deviations from
    the block's mean. Units: contrast in squared levels; entropy in nat, 0 to ln 18; block energy in [0, 16].

    Source: hc148 specification, section 3.7; doi:10.1109/TSMC.1973.4309314, doi:10.1109/TPAMI.2002.1017623.
    """
    values: dict[str, float] = {}
    pairs = _pairs(canvas)
    for name in ("contrast", "correlation", "energy", "homogeneity"):
        over_angles = np.array([getattr(pair, name) for pair in pairs])
        values[f"glcm_multi_{name}_mean"] = float(over_angles.mean())
        values[f"glcm_multi_{name}_std"] = float(over_angles.std())
    codes = canvas.lbp_counts(8, 1)
    share = codes / codes.sum()
    m = moments(share)
    block_energy = 64.0 * patch_variances(canvas.gray, 8)
    return values | {
        "lbp_hist_kurtosis": m.kurtosis,
        "lbp_hist_skew": m.skewness,
        "lbp_hist_max": float(share.max()),
        "lbp_coarse_entropy": entropy(code_histogram(canvas.lbp_counts(16, 2), 18)),
        "dct_block_energy_mean": float(block_energy.mean()),
        "dct_block_energy_std": float(block_energy.std()),
    }

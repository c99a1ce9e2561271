"""Multi-scale local binary patterns (8): texture from fine to coarse."""

from __future__ import annotations

from detector.features.canvas import Canvas
from detector.features.operators.histogram import entropy
from detector.features.operators.moments import level_moments


def multiscale_lbp(canvas: Canvas) -> dict[str, float]:
    """Mean and variance of the codes at radius 1, 2 and 3; entropy and largest frequency at radius 3.

    mslbp_s3_entropy adds 1e-10 to frequencies where all other entropies add it to counts (kept;
    specification, section 5.20). Units: codes 0 to 9, 17 or 25; entropy in nat, 0 to ln 26.

    Source: hc148 specification, section 3.10; doi:10.1109/TPAMI.2002.1017623.
    """
    values: dict[str, float] = {}
    for scale, (points, radius) in enumerate(((8, 1), (16, 2), (24, 3)), start=1):
        m = level_moments(canvas.lbp_counts(points, radius))
        values[f"mslbp_s{scale}_mean"] = m.mean
        values[f"mslbp_s{scale}_var"] = m.variance
    coarse = canvas.lbp_counts(24, 3)
    share = coarse / coarse.sum()
    return values | {"mslbp_s3_entropy": entropy(share), "mslbp_s3_uniformity": float(share.max())}

"""Texture (6): co-occurrence of neighbouring gray levels, and local binary patterns in short."""

from __future__ import annotations

from detector.features.canvas import Canvas
from detector.features.operators.histogram import code_histogram, entropy
from detector.features.operators.moments import level_moments


def texture(canvas: Canvas) -> dict[str, float]:
    """Properties of the gray-level co-occurrence at offset (0, 1); entropy and variance of LBP(8, 1) codes.

    The entropy's ten bins span the codes present, not 0 to 9, so one code may fall in different bins for
    different pictures (kept; specification, section 5.4). lbp_variance repeats mslbp_s1_var (5.5).
    Units: contrast in squared levels; entropy in nat, 0 to ln 10.

    Source: hc148 specification, section 3.3; doi:10.1109/TSMC.1973.4309314, doi:10.1109/TPAMI.2002.1017623.
    """
    pairs = canvas.right_neighbours
    codes = canvas.lbp_counts(8, 1)
    return {
        "contrast": pairs.contrast,
        "correlation": pairs.correlation,
        "energy": pairs.energy,
        "homogeneity": pairs.homogeneity,
        "lbp_entropy": entropy(code_histogram(codes, 10)),
        "lbp_variance": level_moments(codes).variance,
    }

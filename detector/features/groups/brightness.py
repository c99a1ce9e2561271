"""Brightness (2): overall lightness and its spread."""

from __future__ import annotations

from detector.features.canvas import Canvas
from detector.features.operators.histogram import entropy, histogram


def brightness(canvas: Canvas) -> dict[str, float]:
    """Mean of the gray canvas G, and entropy of its 256-bin histogram over [0, 1].

    Units: mean in [0, 1]; entropy in nat, 0 to ln 256.

    Source: hc148 specification, section 3.1; J. Li, M. Stamp, "Detecting AI-generated artwork",
    arXiv:2504.07078.
    """
    return {
        "mean_brightness": float(canvas.gray.mean()),
        "entropy_brightness": entropy(histogram(canvas.gray, 256, (0.0, 1.0))),
    }

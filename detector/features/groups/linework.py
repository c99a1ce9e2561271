"""Line work (8, optional): the line art of anime and comics, after AnimeDL-2M (2025), arXiv:2504.11015."""

from __future__ import annotations

import cv2
import numpy as np

from detector.features.arrays import EPS0, Mask, Real
from detector.features.canvas import Canvas
from detector.features.operators.components import label
from detector.features.operators.patches import patches

_NAMES = (
    "line_thickness_mean",
    "line_thickness_std",
    "line_thickness_cv",
    "line_density",
    "line_straightness",
    "edge_sharpness_mean",
    "edge_sharpness_std",
    "medium_consistency",
)
_COMPONENTS = 29


def _thickness(tight: Mask, loose: Mask) -> tuple[float, float, float]:
    """Mean, deviation and variation of the distance from loose edge pixels to the nearest tight one.

    Not a stroke width, whatever the name says (kept; specification, section 5.24).
    """
    if not loose.any():
        return 0.0, 0.0, 0.0
    away = (~tight).view(np.uint8)
    single = cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[loose]
    # Squared distances are whole numbers: rounding them gives back what float32 lost.
    distance = np.sqrt(np.rint(np.asarray(single, dtype=np.float64) ** 2))
    mean, deviation = float(distance.mean()), float(distance.std())
    return mean, deviation, deviation / (mean + EPS0)


def _straightness(tight: Mask) -> float:
    """Mean of pixels over longer side, of the components of 5 or more pixels among the first 29."""
    _, labels = label(tight, 4)
    ratios = []
    for number in range(1, min(int(labels.max()), _COMPONENTS) + 1):
        y, x = np.nonzero(labels == number)
        if y.size >= 5:
            ratios.append(y.size / max(int(np.ptp(y)), int(np.ptp(x)), 1))
    return float(np.mean(ratios)) if ratios else 0.0


def _consistency(tight: Mask, loose: Mask, tiles: Real) -> float:
    """Spread of the variance among 16 x 16 patches with few tight edges."""
    if np.count_nonzero(~loose) <= 100:
        return 0.0
    plain = patches(tight, 16).mean(axis=(1, 2)) < 0.1
    variances = tiles[plain].var(axis=(1, 2))
    return float(variances.std()) if variances.size > 5 else 0.0


def linework(canvas: Canvas) -> dict[str, float]:
    """Nearness, density, straightness and sharpness of lines, and the evenness of what lies between.

    All 0 with fewer than 10 tight edge pixels. Only the first 29 components in raster order count, which
    favours the upper part of the picture (kept; specification, section 5.14). Units: pixels; Sobel
    magnitude (gain 8); squared gray for the consistency.

    Source: hc148 specification, section 3.21.
    """
    tight = canvas.edges(1.0, 0.1, 0.3)
    if np.count_nonzero(tight) < 10:
        return dict.fromkeys(_NAMES, 0.0)
    loose = canvas.edges(1.5, 0.05, 0.15)
    sharpness = canvas.steepness[tight]
    values = (
        *_thickness(tight, loose),
        float(tight.mean()),
        _straightness(tight),
        float(sharpness.mean()),
        float(sharpness.std()),
        _consistency(tight, loose, canvas.patches16),
    )
    return dict(zip(_NAMES, values, strict=True))

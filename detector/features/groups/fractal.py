"""Fractal dimension (2): complexity of shape by counting boxes.

B. Mandelbrot, "The fractal geometry of nature" (1982); L. Liebovitch, T. Toth, Phys. Lett. A 141 (1989),
doi:10.1016/0375-9601(89)90854-2, for counting boxes.
"""

from __future__ import annotations

import numpy as np

from detector.features.arrays import Mask
from detector.features.canvas import Canvas
from detector.features.operators.ranks import median

_BOXES = (2, 4, 8, 16, 32, 64)


def _occupied(mask: Mask) -> list[int]:
    """Boxes with at least one true pixel for sides 2, 4 ... 64; boxes of one side halve into the next."""
    occupied = []
    for _ in _BOXES:
        rows, columns = mask.shape[0] // 2 * 2, mask.shape[1] // 2 * 2
        mask = mask[:rows:2] | mask[1:rows:2]
        mask = mask[:, :columns:2] | mask[:, 1:columns:2]
        occupied.append(int(np.count_nonzero(mask)))
    return occupied


def box_dimension(mask: Mask) -> float:
    """Least-squares slope of ``ln N`` on ``ln(1 / side)``; sides without a box dropped, 1 if fewer than two.

    Source: hc148 specification, section 2.18.
    """
    kept = [(-np.log(side), np.log(n)) for side, n in zip(_BOXES, _occupied(mask), strict=True) if n]
    if len(kept) < 2:
        return 1.0
    x, y = np.array(kept).T
    x = x - x.mean()
    return float((x * y).sum() / (x * x).sum())


def fractal(canvas: Canvas) -> dict[str, float]:
    """Dimension of the pixels brighter than the median, and of the edge map. No units, 0 to about 2.2.

    Source: hc148 specification, section 3.14.
    """
    return {
        "fractal_dim_gray": box_dimension(canvas.gray > median(canvas.gray)),
        "fractal_dim_edges": box_dimension(canvas.edges()),
    }

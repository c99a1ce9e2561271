"""Colour coherence (6, optional): bright pixels that hang together.

G. Pass, R. Zabih, J. Miller, "Comparing images using color coherence vectors", ACM Multimedia 1996,
doi:10.1145/244130.244148. Departs from the paper: one threshold at the median for each channel.
"""

from __future__ import annotations

import numpy as np

from detector.features.arrays import EPS0
from detector.features.canvas import Canvas
from detector.features.operators.components import areas

_COHERENT_PIXELS = 25


def colour_coherence(canvas: Canvas) -> dict[str, float]:
    """Share of the pixels at or above the median that lie in 4-connected components of 25 or more.

    Shares in [0, 1], coherent and incoherent, by channel of 64 levels.

    Source: hc148 specification, section 3.21.
    """
    values: dict[str, float] = {}
    for channel, name in enumerate(("red", "green", "blue")):
        coarse = canvas.rgb8[..., channel] // 4
        bright = coarse >= np.median(coarse)
        sizes = areas(bright, 4)
        total, coherent = int(sizes.sum()), int(sizes[sizes >= _COHERENT_PIXELS].sum())
        values[f"ccv_{name}_coherent_ratio"] = coherent / (total + EPS0)
        values[f"ccv_{name}_incoherent_ratio"] = (total - coherent) / (total + EPS0)
    return values

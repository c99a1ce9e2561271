"""Mid-band frequency (4): the deficit that diffusion models leave between low and high frequencies."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import EPS0
from detector.features.canvas import Canvas

_EXPECTED = np.array([0.65, 0.20, 0.10, 0.035, 0.015])
"""Shares of a 1/f picture as the original took them: fixed constants."""


def midband(canvas: Canvas) -> dict[str, float]:
    """Shares of five rings of Fourier energy, against fixed expected shares.

    The four corner coefficients are in no ring (kept; specification, section 5.16). midband_deviation is
    midband_energy_ratio - 0.1 (5.5). No units.

    Source: hc148 specification, section 3.8; B. Chu et al., "FIRE: robust detection of diffusion-generated
    images via frequency-guided reconstruction error", CVPR 2025, arXiv:2412.07140.
    """
    energy = canvas.spectrum.ring_energy(0.0, 0.1, 0.25, 0.45, 0.7, 1.0)
    share = energy / (energy.sum() + EPS0)
    deviation = share - _EXPECTED
    return {
        "midband_energy_ratio": float(share[2]),
        "midband_deviation": float(deviation[2]),
        "spectral_slope_deviation": float(deviation.std()),
        "high_to_mid_ratio": float(share[4] / (share[2] + EPS0)),
    }

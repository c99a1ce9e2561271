"""Cross-subband correlation (4, optional): how wavelet details at two scales go together."""

from __future__ import annotations

import numpy as np

from detector.features.arrays import EPS0, Real
from detector.features.canvas import Canvas
from detector.features.operators.moments import pearson


def _doubled_rows(band: Real) -> Real:
    """Twice the rows by linear interpolation at ``(i + 0.5) / 2 - 0.5``, whole-sample symmetric border."""
    padded = np.concatenate((band[1:2], band, band[-2:-1]))
    doubled = np.empty((2 * band.shape[0], band.shape[1]))
    doubled[::2] = 0.25 * padded[:-2] + 0.75 * band
    doubled[1::2] = 0.75 * band + 0.25 * padded[2:]
    return doubled


def _doubled(band: Real) -> Real:
    return _doubled_rows(_doubled_rows(band).T).T


def _correlation(fine: Real, coarse: Real) -> float:
    """Correlation of a band with the doubled band of the next level; 0 where one is constant."""
    enlarged = _doubled(coarse)
    if fine.std() < EPS0 or enlarged.std() < EPS0:
        return 0.0
    return pearson(fine, enlarged)


def cross_subband(canvas: Canvas) -> dict[str, float]:
    """Correlation of LH and of HL across levels, and the ratio of HH energies.

    wavelet_lh_hl_corr_l1 holds the cross-level value of LH, not LH against HL (kept; specification,
    section 5.1). Correlations in [-1, 1]; the ratio has no upper bound.

    Source: hc148 specification, section 3.21.
    """
    fine, coarse = canvas.haar
    across_levels = _correlation(fine.lh, coarse.lh)
    return {
        "wavelet_lh_hl_corr_l1": across_levels,
        "wavelet_lh_cross_level_corr": across_levels,
        "wavelet_hl_cross_level_corr": _correlation(fine.hl, coarse.hl),
        "wavelet_hh_energy_ratio": float(np.mean(fine.hh**2) / (np.mean(coarse.hh**2) + EPS0)),
    }

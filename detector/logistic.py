"""The logistic function, in one place: members and calibrations use the same one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_EDGE = 1e-6


def sigmoid(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """``1 / (1 + exp(-x))``, of any shape, into [0, 1]; each step is monotone, so the whole is."""
    with np.errstate(over="ignore"):  # exp(-x) = inf gives 0, as it should
        result: npt.NDArray[np.float64] = 1 / (1 + np.exp(-x))
    return result


def log_odds(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """``ln(p / (1 - p))``, of any shape; what lies within a millionth of 0 or 1 counts as a millionth."""
    inside = np.clip(p, _EDGE, 1 - _EDGE)
    result: npt.NDArray[np.float64] = np.log(inside / (1 - inside))
    return result

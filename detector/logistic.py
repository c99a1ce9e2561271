"""The logistic function, in one place: members and calibrations use the same one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def sigmoid(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """``1 / (1 + exp(-x))``, of any shape, into [0, 1]; each step is monotone, so the whole is."""
    with np.errstate(over="ignore"):  # exp(-x) = inf gives 0, as it should
        result: npt.NDArray[np.float64] = 1 / (1 + np.exp(-x))
    return result

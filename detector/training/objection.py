"""Where a veto begins to object: solved from how many people's pictures may be called SYNTHETIC."""

from __future__ import annotations

from math import floor

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores

LEAST = 0.5
"""A veto that itself holds a picture for a person's always objects."""


def solve_threshold(
    *,
    labels: Labels,
    accused: npt.NDArray[np.bool_],
    veto: Scores,
    drawn: npt.NDArray[np.bool_],
    target: float,
) -> float:
    """The lowest threshold that lets at most a share `target` of people's pictures be called SYNTHETIC.

    The share must hold among all of them, and among the drawn ones alone.

    Args:
        labels: (n,) True for generated ones.
        accused: (n,) True where the scores say SYNTHETIC.
        veto: (n,) the veto's probability, out of fold.
        drawn: (n,) True for the kinds of pictures that the veto learned from.
        target: share of people's pictures.
    """
    human = ~labels
    return max(
        _lowest(veto[accused & kind], floor(target * int(kind.sum()))) for kind in (human, human & drawn)
    )


def _lowest(veto: Scores, allowed: int) -> float:
    """The lowest threshold that no more than so many reach."""
    falling = np.sort(veto)[::-1]
    if len(falling) <= allowed:
        return LEAST
    return float(np.clip(np.nextafter(falling[allowed], 2.0), LEAST, 1.0))

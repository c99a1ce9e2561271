"""How high an error rate may really be, after so few were seen: one-sided upper 95 % bounds."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

Counts: TypeAlias = npt.NDArray[np.int64]
"""Whole numbers, not negative."""
Rates: TypeAlias = npt.NDArray[np.float64]
"""In [0, 1]."""

_CONFIDENCE = 0.95
_RESAMPLES = 2000


class Bound(StrEnum):
    """What is taken to be drawn by chance."""

    PICTURES = "pictures"
    """Each picture for itself."""
    GROUPS = "groups"
    """Whole sources: pictures of one source err together, so that there is less to go by than it seems."""


def upper_by_pictures(errors: Counts, total: int) -> Rates:
    """The highest rates under which so few errors among `total` still have a chance of 5 %.

    Exact, so that none among 299 is just under 1 %. Source: Clopper & Pearson 1934. 1 where `total` is 0.
    """
    bounds = np.ones(errors.shape)
    some = errors < total
    bounds[some] = beta.ppf(_CONFIDENCE, errors[some] + 1, total - errors[some])
    return bounds


def upper_by_groups(errors: Counts, totals: Counts, rng: np.random.Generator) -> Rates:
    """The same where groups are drawn: the 95 % point of a bootstrap of whole groups.

    Never below the bound by pictures, which it needs where no error was seen: drawing again among groups
    without an error finds none.

    Args:
        errors: (k, g) of each group, for k ways of deciding.
        totals: (g,) pictures of each group.
        rng: draws the groups.

    Returns:
        (k,), falling where every group's errors fall: all ways of deciding see the same draws.
    """
    plain = upper_by_pictures(errors.sum(axis=1), int(totals.sum()))
    if not totals.sum():
        return plain
    count = len(totals)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=_RESAMPLES)
    sizes = drawn @ totals
    rates = (errors @ drawn.T)[:, sizes > 0] / sizes[sizes > 0]
    highest: Rates = np.maximum(plain, np.quantile(rates, _CONFIDENCE, axis=1))
    return highest

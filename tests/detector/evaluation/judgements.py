"""Judged pictures made of numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detector.evaluation.judged import Judged, Pictures
from detector.policy import Thresholds

THRESHOLDS = Thresholds(genuine_below=0.35, synthetic_from=0.65)


def pictures(
    labels: Sequence[bool], *, groups: Sequence[str] | None = None, domains: Sequence[str] | None = None
) -> Pictures:
    """Each of a group of its own and of one domain, unless others are given."""
    count = len(labels)
    return Pictures(
        names=[f"{number}.png" for number in range(count)],
        labels=np.array(labels, dtype=bool),
        groups=np.array(groups or [f"source-{number}" for number in range(count)], dtype=str),
        domains=np.array(domains or ["photo"] * count, dtype=str),
        generators=np.array(["gan" if generated else "" for generated in labels], dtype=str),
    )


def judged(
    labels: Sequence[bool],
    probability: Sequence[float],
    *,
    objected: Sequence[bool] | None = None,
    groups: Sequence[str] | None = None,
    domains: Sequence[str] | None = None,
) -> Judged:
    """Judged at 0.35 and 0.65; the veto objects where it is told to."""
    return Judged.under(
        THRESHOLDS,
        pictures=pictures(labels, groups=groups, domains=domains),
        probability=np.array(probability, dtype=np.float64),
        objected=np.array(objected or [False] * len(labels), dtype=bool),
    )

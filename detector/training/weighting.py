"""The members' weights, chosen on what each said of pictures whose groups it had not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np

from detector.ensemble import MEMBERS
from detector.evaluation.metrics import Labels, Scores
from detector.logistic import log_odds, sigmoid
from detector.training.members import fit_logistic

_STEPS = 10
_EDGE = 1e-12


def weighted(members: Mapping[str, Scores], weights: Mapping[str, float]) -> Scores:
    """(n,) the members' weighted means, as an ensemble takes them."""
    total = sum(weights[name] for name in MEMBERS)
    raw = sum((weights[name] * members[name] for name in MEMBERS), np.zeros(()))
    return np.clip(raw / total, 0, 1)


def choose_weights(members: Mapping[str, Scores], labels: Labels) -> dict[str, float]:
    """Tenths that sum to 1, with the least log loss of the calibrated mean; both labels count alike.

    Log loss, a proper score, looks at all probabilities and so follows a few lucky pictures less than a count
    of errors would; tenths, because the folds can't tell finer steps apart.

    Args:
        members: (n,) probabilities by member, out of fold.
        labels: (n,) True for generated ones.
    """
    return min(_mixtures(), key=lambda weights: _loss(weighted(members, weights), labels))


def _mixtures() -> Iterator[dict[str, float]]:
    for parts in product(range(_STEPS + 1), repeat=len(MEMBERS)):
        if sum(parts) == _STEPS:
            yield {name: part / _STEPS for name, part in zip(MEMBERS, parts, strict=True)}


def _loss(raw: Scores, labels: Labels) -> float:
    slope, offset = fit_logistic(log_odds(raw), labels)
    fitted = np.clip(sigmoid(slope * log_odds(raw) + offset), _EDGE, 1 - _EDGE)
    surprise = -np.log(np.where(labels, fitted, 1 - fitted))
    return float(surprise[labels].mean() + surprise[~labels].mean())

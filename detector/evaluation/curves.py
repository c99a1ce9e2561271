"""Ranking and calibration in curves, and the single numbers that are read off them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores, Share, group_interval, share

Curve: TypeAlias = npt.NDArray[np.float64]
"""(k, 2) points: share of human pictures at or above a score, share of generated ones."""


def roc(labels: Labels, scores: Scores) -> Curve:
    """The corners of the ROC curve from (0, 0) to (1, 1), one for each score that occurs.

    Empty where one class is absent.
    """
    generated, human = int(labels.sum()), int((~labels).sum())
    if not generated or not human:
        return np.empty((0, 2))
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.diff(scores[order]) != 0, True)
    caught = np.cumsum(labels[order])[last] / generated
    accused = np.cumsum(~labels[order])[last] / human
    return np.concatenate([[[0.0, 0.0]], np.stack([accused, caught], axis=1)])


def thinned(curve: Curve, points: int) -> Curve:
    """The same curve with about so many points, those of its ends among them."""
    if len(curve) <= points:
        return curve
    kept = np.unique(np.linspace(0, len(curve) - 1, points).round().astype(np.intp))
    return curve[kept]


def caught_at(labels: Labels, scores: Scores, accusations: float) -> float:
    """Share of generated pictures above the score that at most a share of human ones reach.

    nan where one class is absent.
    """
    curve = roc(labels, scores)
    if not len(curve):
        return float("nan")
    return float(curve[curve[:, 0] <= accusations + 1e-12, 1].max())


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """How much is caught where a share of human pictures may be accused."""

    accusations: float
    """That share."""
    rate: float | None
    """None where there are too few human pictures to tell."""
    low: float | None
    high: float | None
    remark: str
    """What a reader must know; empty where there is nothing."""

    def as_json(self) -> dict[str, Any]:
        """Rates with four decimals."""
        rates = {"rate": self.rate, "low": self.low, "high": self.high}
        rounded = {name: None if rate is None else round(rate, 4) for name, rate in rates.items()}
        return {"accusations": self.accusations, **rounded, "remark": self.remark}


def caught(
    labels: Labels,
    scores: Scores,
    groups: npt.NDArray[np.int64],
    rng: np.random.Generator,
    *,
    accusations: float,
) -> Caught:
    """``caught_at`` with 95 % of what other groups would have given, threshold and all."""
    human = int((~labels).sum())
    if human * accusations < 1 or not labels.any():
        needed = int(np.ceil(1 / accusations))
        remark = f"needs at least {needed} human pictures and a generated one; here are {human}"
        return Caught(accusations=accusations, rate=None, low=None, high=None, remark=remark)
    low, high = group_interval(
        lambda drawn: caught_at(labels[drawn], scores[drawn], accusations), groups, rng
    )
    few = human * accusations < 10
    allowed = int(human * accusations)
    return Caught(
        accusations=accusations,
        rate=caught_at(labels, scores, accusations),
        low=low,
        high=high,
        remark=f"the threshold hangs on {allowed} human picture{'' if allowed == 1 else 's'}" if few else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Pictures whose probabilities lie between two borders."""

    low: float
    high: float
    mean: float
    """Mean probability; nan of an empty bin."""
    weight: float
    """Share of all pictures, weighted to the prior."""
    generated: float
    """Share of generated ones among them, weighted to the prior; nan of an empty bin."""
    share: Share
    """The same, unweighted and with its counts."""


def reliability(labels: Labels, probability: Scores, prior: float, *, count: int = 10) -> tuple[Bin, ...]:
    """How often a probability was right, in bins of equal width.

    A probability assumes a share of generated pictures, the prior; the pictures at hand have another one.
    So each class is weighted until it holds its share.
    """
    weights = _to_prior(labels, prior)
    place = np.minimum((probability * count).astype(np.intp), count - 1)
    return tuple(
        _bin(labels[place == k], probability[place == k], weights[place == k], k / count, (k + 1) / count)
        for k in range(count)
    )


def _bin(labels: Labels, probability: Scores, weights: Scores, low: float, high: float) -> Bin:
    total = float(weights.sum())
    return Bin(
        low=low,
        high=high,
        mean=float((weights * probability).sum() / total) if total else float("nan"),
        weight=total,
        generated=float(weights[labels].sum() / total) if total else float("nan"),
        share=share(labels),
    )


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """Expected calibration error: the mean distance between what was said and what was (Naeini 2015)."""
    return float(sum(each.weight * abs(each.mean - each.generated) for each in bins if each.weight))


def brier(labels: Labels, probability: Scores, prior: float) -> float:
    """Mean squared error of the probability (Brier 1950), weighted to the prior; 0.25 of a coin at 0.5."""
    return float((_to_prior(labels, prior) * (probability - labels) ** 2).sum())


def histogram(labels: Labels, probability: Scores, *, count: int = 20) -> dict[str, list[int]]:
    """Pictures of each maker by probability, in bins of equal width from 0 to 1."""
    borders = np.linspace(0, 1, count + 1)
    return {
        maker: np.histogram(probability[chosen], borders)[0].tolist()
        for maker, chosen in (("human", ~labels), ("ai", labels))
    }


def _to_prior(labels: Labels, prior: float) -> Scores:
    """(n,) weights that sum to 1, to the prior over the generated pictures; one class alone is all."""
    generated, human = int(labels.sum()), int((~labels).sum())
    if not generated or not human:
        return np.full(len(labels), 1 / max(1, len(labels)))
    return np.where(labels, prior / generated, (1 - prior) / human)

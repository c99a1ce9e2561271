"""How often a bundle errs and how far its probabilities can be believed, by what people found. Pure.

Unsure verdicts go to people anyway, of confident ones a random sample does: each sampled one stands for
1 / share others (Horvitz & Thompson 1952). Rates of one label are of those that were settled, with Wilson's
95 % interval. Where labels are mixed, as in the calibration, verdicts are weighted, and the interval rests on
the effective number of them, (sum w)^2 / sum w^2 (Kish 1965). ``CANNOT_TELL`` is counted and enters no rate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from db.models import HumanLabel, VerdictLabel
from db.queries.feedback import Judged
from worker.review.reliability import wilson

BINS = 10
_WRONG = {
    "accused_wrongly": (VerdictLabel.SYNTHETIC, HumanLabel.GENUINE),
    "missed": (VerdictLabel.GENUINE, HumanLabel.SYNTHETIC),
    "unsure_and_synthetic": (VerdictLabel.UNCERTAIN, HumanLabel.SYNTHETIC),
}
"""Rates: of verdicts of a label, the share that people found to be the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share with its 95 % interval."""

    count: int
    total: int
    value: float | None
    """None of nothing."""
    low: float
    high: float

    def as_json(self) -> dict[str, float | int | None]:
        """With four decimals."""
        value = None if self.value is None else round(self.value, 4)
        return {
            "count": self.count,
            "total": self.total,
            "rate": value,
            "low": round(self.low, 4),
            "high": round(self.high, 4),
        }


def by_bundle(judged: Iterable[Judged]) -> dict[str, dict[str, Any]]:
    """The figures of each bundle, in the form in which they are kept."""
    parted: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        parted[each.bundle_id].append(each)
    return {bundle: figures(of_bundle) for bundle, of_bundle in sorted(parted.items())}


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """Rates, calibration and counts of one bundle's verdicts."""
    told = [each for each in judged if each.found is not HumanLabel.CANNOT_TELL]
    bins = _bins(told)
    return {
        "asked": dict(sorted(Counter(each.label.value for each in judged).items())),
        "cannot_tell": len(judged) - len(told),
        **{name: _rate(told, *pair).as_json() for name, pair in _WRONG.items()},
        "calibration": bins,
        "ece": _distance(bins),
    }


def _rate(told: Sequence[Judged], label: VerdictLabel, wrong: HumanLabel) -> Rate:
    of_label = [each for each in told if each.label is label]
    count, total = sum(each.found is wrong for each in of_label), len(of_label)
    low, high = wilson(count, total)
    return Rate(count=count, total=total, value=count / total if total else None, low=low, high=high)


def _bins(told: Sequence[Judged]) -> list[dict[str, float | int]]:
    """Verdicts by tenths of the probability: what was said, and what people found."""
    parted: defaultdict[int, list[Judged]] = defaultdict(list)
    for each in told:
        parted[min(BINS - 1, int(each.probability * BINS))].append(each)
    return [_bin(number, parted[number]) for number in sorted(parted)]


def _bin(number: int, judged: Sequence[Judged]) -> dict[str, float | int]:
    weights = [1 / each.share for each in judged]
    whole = sum(weights)
    said = sum(weight * each.probability for weight, each in zip(weights, judged, strict=True)) / whole
    found = (
        sum(
            weight for weight, each in zip(weights, judged, strict=True) if each.found is HumanLabel.SYNTHETIC
        )
        / whole
    )
    effective = whole * whole / sum(weight * weight for weight in weights)
    low, high = wilson(found * effective, effective)
    return {
        "from": number / BINS,
        "to": (number + 1) / BINS,
        "n": len(judged),
        "weight": round(whole, 2),
        "said": round(said, 4),
        "found": round(found, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }


def _distance(bins: Sequence[dict[str, float | int]]) -> float | None:
    """The expected calibration error: the mean distance of what was said from what was found."""
    whole = sum(each["weight"] for each in bins)
    if not whole:
        return None
    return round(sum(each["weight"] * abs(each["said"] - each["found"]) for each in bins) / whole, 4)

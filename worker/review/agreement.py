"""How far people agree, on a nominal scale: pure functions of who said what of which unit.

Cohen's kappa for two people (Cohen 1960, "A coefficient of agreement for nominal scales") and Krippendorff's
alpha for any number of people and missing answers (Krippendorff 2011, "Computing Krippendorff's
alpha-reliability", section D). Both are 1 for perfect agreement and 0 for what chance would give. Intervals
are percentile bootstraps over the units, which are what was sampled.
"""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

Unit = Mapping[str, str]
"""What each person who judged one thing said of it: name to label."""
_RESAMPLES = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A statistic with its interval; all None where the units don't determine it."""

    value: float | None
    low: float | None
    high: float | None
    units: int
    """Units that at least two people judged."""


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Kappa of two people's labels, pair by pair; None where both used one label alone, or there are none."""
    if not pairs:
        return None
    total = len(pairs)
    agree = sum(one == other for one, other in pairs) / total
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(ones[label] * others[label] for label in ones) / total**2
    return None if math.isclose(chance, 1.0) else (agree - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Unit]) -> float | None:
    """Alpha of all people's labels; None where no unit has two, or all labels are the same."""
    coincidences: defaultdict[tuple[str, str], float] = defaultdict(float)
    for unit in units:
        labels = Counter(unit.values())
        size = sum(labels.values())
        if size < 2:
            continue
        for one in labels:
            for other in labels:
                pairs = labels[one] * (labels[other] - (one == other))
                coincidences[one, other] += pairs / (size - 1)
    totals: defaultdict[str, float] = defaultdict(float)
    for (one, _), count in coincidences.items():
        totals[one] += count
    n = sum(totals.values())
    expected = n * n - sum(count * count for count in totals.values())
    if not expected:
        return None
    observed = sum(count for (one, other), count in coincidences.items() if one != other)
    return 1 - (n - 1) * observed / expected


def alpha_over_all(units: Sequence[Unit], *, seed: int = 0) -> Estimate:
    """Krippendorff's alpha with its 95 % interval."""
    return _estimate([unit for unit in units if len(unit) > 1], krippendorff_alpha, seed)


def kappa_of_pairs(units: Sequence[Unit], *, seed: int = 0) -> dict[tuple[str, str], Estimate]:
    """Cohen's kappa with its 95 % interval for each two people who judged the same units, by name."""
    pairs: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for unit in units:
        for one, other in combinations(sorted(unit), 2):
            pairs[one, other].append((unit[one], unit[other]))
    return {who: _estimate(given, cohen_kappa, seed) for who, given in sorted(pairs.items())}


def _estimate(units: Sequence[_T], statistic: Callable[[Sequence[_T]], float | None], seed: int) -> Estimate:
    """A statistic and its percentiles over resampled units; resamples that leave it open don't count."""
    value = statistic(units)
    if value is None:
        return Estimate(value=None, low=None, high=None, units=len(units))
    dice = random.Random(seed)  # noqa: S311 - a resampling that can be repeated, no secret
    drawn = (statistic(dice.choices(units, k=len(units))) for _ in range(_RESAMPLES))
    found = sorted(each for each in drawn if each is not None)
    low, high = (found[round(share * (len(found) - 1))] for share in (0.025, 0.975))
    return Estimate(value=value, low=low, high=high, units=len(units))

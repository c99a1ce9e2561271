"""How far people agree, on a nominal scale: pure functions of who said what of which unit.

Cohen's kappa for two people (Cohen 1960, "A coefficient of agreement for nominal scales") and Krippendorff's
alpha for any number of people and missing answers (Krippendorff 2011, "Computing Krippendorff's
alpha-reliability", section D). Both are 1 for perfect agreement and 0 for what chance would give. Intervals
are percentile bootstraps over the units, which are what was sampled: all units that were answered alike are
drawn together, so that a thousand resamples of thousands of units take a moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Unit = Mapping[str, str]
"""What each person who judged one thing said of it: name to label."""
Said: TypeAlias = tuple[str, ...]
"""The labels that one unit got."""
Table: TypeAlias = npt.NDArray[np.float64]
_RESAMPLES = 1000
_TINY = 1e-12


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
    return _value(pairs, _kappas)


def krippendorff_alpha(units: Sequence[Unit]) -> float | None:
    """Alpha of all people's labels; None where no unit has two, or all labels are the same."""
    return _value(_several(units), _alphas)


def alpha_over_all(units: Sequence[Unit], *, seed: int = 0) -> Estimate:
    """Krippendorff's alpha with its 95 % interval."""
    return _estimate(_several(units), _alphas, seed)


def kappa_of_pairs(units: Sequence[Unit], *, seed: int = 0) -> dict[tuple[str, str], Estimate]:
    """Cohen's kappa with its 95 % interval for each two people who judged the same units, by name."""
    pairs: defaultdict[tuple[str, str], list[Said]] = defaultdict(list)
    for unit in units:
        for one, other in combinations(sorted(unit), 2):
            pairs[one, other].append((unit[one], unit[other]))
    return {who: _estimate(given, _kappas, seed) for who, given in sorted(pairs.items())}


def _several(units: Sequence[Unit]) -> list[Said]:
    """What was said of units that two or more judged; the order of people tells nothing."""
    return [tuple(sorted(unit.values())) for unit in units if len(unit) > 1]


Statistic: TypeAlias = Callable[[Sequence[Said], Table], Table]
"""Of kinds of units, T of them, and how many there are of each, (R, T): (R,) values, nan where left open."""


def _kappas(kinds: Sequence[Said], counts: Table) -> Table:
    places = _places(kinds)
    tables = np.zeros((len(counts), len(places), len(places)))
    for kind, column in zip(kinds, counts.T, strict=True):
        tables[:, places[kind[0]], places[kind[1]]] += column
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    agree = np.trace(shares, axis1=1, axis2=2)
    chance = (shares.sum(axis=2) * shares.sum(axis=1)).sum(axis=1)
    return _ratio(agree - chance, 1 - chance)


def _alphas(kinds: Sequence[Said], counts: Table) -> Table:
    places = _places(kinds)
    each = np.zeros((len(kinds), len(places), len(places)))
    for row, kind in zip(each, kinds, strict=True):
        said = Counter(kind)
        for one in said:
            for other in said:
                pairs = said[one] * (said[other] - (one == other))
                row[places[one], places[other]] += pairs / (len(kind) - 1)
    coincidences = np.tensordot(counts, each, axes=1)
    totals = coincidences.sum(axis=2)
    n = totals.sum(axis=1)
    observed = (coincidences * (1 - np.eye(len(places)))).sum(axis=(1, 2))
    return 1 - _ratio((n - 1) * observed, n * n - (totals * totals).sum(axis=1))


def _places(kinds: Sequence[Said]) -> dict[str, int]:
    return {label: place for place, label in enumerate(sorted({label for kind in kinds for label in kind}))}


def _ratio(over: Table, under: Table) -> Table:
    open_ = np.abs(under) < _TINY
    return np.where(open_, np.nan, over / np.where(open_, 1.0, under))


def _value(given: Sequence[Said], statistic: Statistic) -> float | None:
    if not given:
        return None
    kinds = Counter(given)
    value = float(statistic(list(kinds), np.array([list(kinds.values())], dtype=float))[0])
    return None if np.isnan(value) else value


def _estimate(given: Sequence[Said], statistic: Statistic, seed: int) -> Estimate:
    """A statistic and its percentiles over resampled units; resamples that leave it open don't count."""
    value = _value(given, statistic)
    if value is None:
        return Estimate(value=None, low=None, high=None, units=len(given))
    kinds = Counter(given)
    shares = np.array(list(kinds.values()), dtype=float) / len(given)
    drawn = np.random.default_rng(seed).multinomial(len(given), shares, size=_RESAMPLES)
    found = np.sort(statistic(list(kinds), drawn.astype(float)))
    found = found[~np.isnan(found)]
    low, high = (float(found[round(share * (len(found) - 1))]) for share in (0.025, 0.975))
    return Estimate(value=value, low=low, high=high, units=len(given))

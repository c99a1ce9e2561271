"""What out-of-fold verdicts say of a bundle: the figures that its manifest carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Labels, Scores, auc, auc_interval, share
from detector.policy import Label
from detector.training.folds import Groups
from detector.warranty import ALL


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """Pictures that were judged by models that had seen nothing of their groups."""

    labels: Labels
    groups: Groups
    domains: Sequence[str]
    probability: Scores
    veto: Scores
    """(n,) the veto's probability of each picture; nan where it was not asked, so that it lets pass."""
    objects_below: Scores
    """(n,) the veto's threshold, solved without the picture's group."""
    genuine_below: Scores
    """(n,) the lower threshold, solved without it too where it is solved at all."""
    synthetic_from: Scores
    """(n,) the upper one."""

    @property
    def synthetic_before_veto(self) -> npt.NDArray[np.bool_]:
        """(n,) True where the scores say SYNTHETIC."""
        return self.probability >= self.synthetic_from

    @property
    def synthetic(self) -> npt.NDArray[np.bool_]:
        """(n,) True where the verdict is SYNTHETIC."""
        return self.synthetic_before_veto & ~(self.veto < self.objects_below)

    @property
    def genuine(self) -> npt.NDArray[np.bool_]:
        """(n,) True where the verdict is GENUINE."""
        return self.probability < self.genuine_below

    @property
    def verdicts(self) -> list[Label]:
        """(n,) the verdicts."""
        called = zip(self.genuine, self.synthetic, strict=True)
        return [
            Label.GENUINE if genuine else Label.SYNTHETIC if synthetic else Label.UNCERTAIN
            for genuine, synthetic in called
        ]


def assess(tried: Tried, rng: np.random.Generator) -> dict[str, Any]:
    """Figures with 95 % intervals: ranking over all, both errors by domain, and what is left to people."""
    low, high = auc_interval(tried.labels, tried.probability, tried.groups, rng)
    undecided = ~tried.genuine & ~tried.synthetic
    return {
        "auc": {
            "value": round(auc(tried.labels, tried.probability), 4),
            "low": round(low, 4),
            "high": round(high, 4),
        },
        "human_called_synthetic": _by_domain(tried.synthetic, ~tried.labels, tried.domains),
        "human_called_synthetic_without_veto": _by_domain(
            tried.synthetic_before_veto, ~tried.labels, tried.domains
        ),
        "ai_called_genuine": _by_domain(tried.genuine, tried.labels, tried.domains),
        "ai_called_synthetic": _by_domain(tried.synthetic, tried.labels, tried.domains),
        "uncertain": _by_domain(undecided, np.ones_like(tried.labels), tried.domains),
        "largest_human": _largest_human(tried),
    }


def _largest_human(tried: Tried) -> dict[str, dict[str, float]]:
    """How near people's pictures come to an accusation, over all and by domain, before the veto.

    The margin is the least distance to the upper threshold; negative where a picture lies beyond it.
    """
    human = ~tried.labels
    kinds = np.asarray(tried.domains)
    found = {}
    for domain in (ALL, *sorted(set(kinds[human]))):
        among = human if domain == ALL else human & (kinds == domain)
        margins = tried.synthetic_from[among] - tried.probability[among]
        largest = float(tried.probability[among].max())
        found[str(domain)] = {"probability": round(largest, 4), "margin": round(float(margins.min()), 4)}
    return found


def _by_domain(
    chosen: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_], domains: Sequence[str]
) -> dict[str, dict[str, float | int | None]]:
    """Share of `chosen` in `among`, over all and in each domain that has any."""
    kinds = np.asarray(domains)
    found = {ALL: share(chosen[among]).as_json()}
    for domain in sorted(set(kinds[among])):
        found[str(domain)] = share(chosen[among & (kinds == domain)]).as_json()
    return found

"""Stage `ensemble`: the three members and the calibration, beside the libraries that trained them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from lightgbm import Booster, Dataset, train
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVC

from detector.calibration import Isotonic
from detector.ensemble import Ensemble, LightGBM, Member, Seat
from detector.ensemble.svm import Scaling
from detector.training.flatten import flatten_forest, flatten_lightgbm, flatten_svm
from tests.benchmarks.report import Figures
from tests.benchmarks.stopwatch import milliseconds

CALIBRATION = Isotonic((0.0, 0.5, 1.0), (0.0, 0.5, 1.0))
_STARTER_LENGTH = 148 + 2 * 768
_BATCH = 1024
_PLATT = (1.0, 0.0)
_WEIGHTS = {"lightgbm": 0.4, "svm": 0.5, "random_forest": 0.1}

Rows = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Libraries:
    """Members as the libraries hold them."""

    scaling: Scaling
    booster: Booster
    svc: Any
    forest: Any

    @classmethod
    def trained(cls, length: int, *, rows: int = 1500, trees: int = 300) -> Libraries:
        """Fit to random vectors, whose labels hang on three of their numbers."""
        rng = np.random.default_rng(3)
        vectors = rng.standard_normal((rows, length)).astype(np.float32)
        labels = (vectors[:, 0] + vectors[:, 1] * vectors[:, 2] + rng.normal(0, 1, rows) > 0).astype(np.int32)
        scaling = Scaling.fitted(vectors)
        parameters = {"objective": "binary", "verbose": -1, "num_threads": 1}
        return cls(
            scaling=scaling,
            booster=train(parameters, Dataset(vectors, labels), trees),
            svc=SVC(kernel="rbf", gamma="scale").fit(scaling(vectors), labels),
            forest=RandomForestClassifier(trees, random_state=3, min_samples_leaf=5).fit(vectors, labels),
        )

    def score(self, rows: Rows) -> Scores:
        """The weighted mean of what they say themselves, (n,)."""
        decision = self.svc.decision_function(self.scaling(rows))
        votes = {
            "lightgbm": self.booster.predict(rows, num_threads=1),
            "svm": 1 / (1 + np.exp(-(_PLATT[0] * decision + _PLATT[1]))),
            "random_forest": self.forest.predict_proba(rows)[:, 1],
        }
        return np.asarray(sum(_WEIGHTS[name] * np.asarray(vote) for name, vote in votes.items()))

    def ensemble(self) -> Ensemble:
        """The same members as the detector has them."""
        members: dict[str, Member] = {
            "lightgbm": LightGBM.of(flatten_lightgbm(self.booster)),
            "svm": flatten_svm(self.svc, self.scaling, _PLATT),
            "random_forest": flatten_forest(self.forest),
        }
        seats = {name: Seat(member=member, weight=_WEIGHTS[name]) for name, member in members.items()}
        return Ensemble(seats, len(self.scaling.mean))


def measure(*, smoke: bool) -> Figures:
    """One row, and rows a second in batches of 1,024; the largest difference in a probability."""
    length, batch, rounds = (8, 16, 1) if smoke else (_STARTER_LENGTH, _BATCH, 5)
    theirs = Libraries.trained(length, rows=60, trees=5) if smoke else Libraries.trained(length)
    ours = theirs.ensemble()
    shown = np.random.default_rng(5).standard_normal((batch, length)).astype(np.float32)
    single = milliseconds(lambda: CALIBRATION(ours.score(shown[:1]).raw), 4 * rounds)
    return {
        "ensemble_single_ms": single,
        "ensemble_single_speedup": milliseconds(lambda: theirs.score(shown[:1]), rounds) / single,
        "ensemble_per_second": 1e3 * batch / milliseconds(lambda: CALIBRATION(ours.score(shown).raw), rounds),
        "ensemble_difference": float(np.abs(ours.score(shown).raw - theirs.score(shown)).max()),
    }

"""Members against the fitted models of scikit-learn and LightGBM, also after a bundle's storage."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVC

from detector.bundle.arrays import read_arrays, write_arrays
from detector.ensemble import LightGBM, RandomForest, Svm
from detector.ensemble.svm import Scaling
from detector.training.flatten import flatten_forest, flatten_lightgbm, flatten_svm

Rows = np.ndarray[tuple[int, int], np.dtype[np.float32]]
Labels = np.ndarray[tuple[int], np.dtype[np.int32]]


def table(seed: int, rows: int = 500, columns: int = 20) -> tuple[Rows, Labels]:
    """Rows of which half the columns hold few different numbers, so that thresholds are met exactly."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, columns)).astype(np.float32)
    values[:, ::2] = np.round(values[:, ::2] * 2) / 2
    return values, (values[:, :6].sum(axis=1) + rng.normal(size=rows) > 0).astype(np.int32)


ROWS, LABELS = table(0)
UNSEEN = np.concatenate([table(1)[0], ROWS, np.full((1, 20), 1e30, dtype=np.float32)])


def on_thresholds(forest: RandomForestClassifier, rows: Rows) -> Rows:
    """Rows whose numbers are thresholds of the forest, as near as float32 comes."""
    thresholds = np.concatenate([each.tree_.threshold for each in forest.estimators_])
    return np.random.default_rng(2).choice(thresholds, rows.shape).astype(np.float32)


def test_a_forest_says_what_scikit_learn_says() -> None:
    forest = RandomForestClassifier(50, max_depth=12, random_state=0).fit(ROWS, LABELS)
    member = flatten_forest(forest)
    rows = np.concatenate([UNSEEN, on_thresholds(forest, UNSEEN)])
    wanted = forest.predict_proba(rows)[:, 1]
    assert member.probabilities(rows) == pytest.approx(wanted, abs=1e-12)
    stored = RandomForest.of(read_arrays(write_arrays(member.arrays())))
    assert stored.probabilities(rows) == pytest.approx(wanted, abs=1e-7)


def test_boosted_trees_say_what_lightgbm_says() -> None:
    booster = lightgbm.train(
        {"objective": "binary", "verbosity": -1, "max_depth": 8, "num_leaves": 63, "learning_rate": 0.05},
        lightgbm.Dataset(ROWS, LABELS),
        60,
    )
    text = flatten_lightgbm(booster)
    assert "parameters" not in text, "paths and threads of the machine that trained are left out"
    wanted = np.asarray(booster.predict(UNSEEN))
    assert LightGBM.of(text).probabilities(UNSEEN) == pytest.approx(wanted, abs=1e-12)


def test_boosted_trees_end_where_training_was_stopped_early() -> None:
    booster = lightgbm.train({"objective": "binary", "verbosity": -1}, lightgbm.Dataset(ROWS, LABELS), 20)
    booster.best_iteration = 7
    wanted = np.asarray(booster.predict(UNSEEN))
    assert LightGBM.of(flatten_lightgbm(booster)).probabilities(UNSEEN) == pytest.approx(wanted, abs=1e-12)


def test_a_support_vector_machine_says_what_scikit_learn_says() -> None:
    scaling = Scaling.fitted(ROWS)
    svc = SVC(C=3.0).fit(scaling(ROWS), LABELS)
    member = flatten_svm(svc, scaling, (1.7, -0.3))
    decisions = svc.decision_function(scaling(UNSEEN))
    assert member.decisions(UNSEEN) == pytest.approx(decisions, abs=1e-9)
    assert member.probabilities(UNSEEN) == pytest.approx(1 / (1 + np.exp(0.3 - 1.7 * decisions)), abs=1e-9)
    stored = Svm.of(read_arrays(write_arrays(member.arrays())))
    assert np.array_equal(stored.probabilities(UNSEEN), member.probabilities(UNSEEN))
    assert stored.arrays()["support"].dtype == np.float32


def test_models_of_other_classes_are_refused() -> None:
    labels = LABELS + 1
    with pytest.raises(ValueError, match="classes"):
        flatten_forest(RandomForestClassifier(2, random_state=0).fit(ROWS, labels))
    with pytest.raises(ValueError, match="classes"):
        flatten_svm(SVC().fit(ROWS, labels), Scaling.fitted(ROWS), (1.0, 0.0))
    with pytest.raises(ValueError, match="kernel"):
        flatten_svm(SVC(kernel="linear").fit(ROWS, LABELS), Scaling.fitted(ROWS), (1.0, 0.0))

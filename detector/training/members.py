"""Fits the three members and seats them.

Each learns from an example as far as its weight says; the calibration and the thresholds count all alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from detector.ensemble import Ensemble, LightGBM, Member, Projection, Seat, Svm
from detector.ensemble.svm import Scaling
from detector.evaluation.metrics import Labels
from detector.training.examples import Examples
from detector.training.flatten import flatten_forest, flatten_lightgbm, flatten_svm
from detector.training.folds import group_folds
from detector.training.recipe import Recipe
from detector.vector import Values

_PLATT_STEPS = 100


def fit_ensemble(examples: Examples, recipe: Recipe) -> Ensemble:
    """An ensemble fitted on all examples; what is fitted out of fold in it splits no group."""
    projection = _fit_projection(examples, recipe)
    rows = examples.rows if projection is None else projection(examples.rows)
    seen = replace(examples, rows=rows)
    members: dict[str, Member] = {
        "lightgbm": LightGBM.of(fit_boosted(seen, recipe)),
        "svm": _fit_svm(seen, recipe),
        "random_forest": flatten_forest(_fit_forest(seen, recipe)),
    }
    seats = {
        name: Seat(member=member, weight=recipe.weights[name], projection=projection)
        for name, member in members.items()
    }
    return Ensemble(seats, examples.rows.shape[1])


def _fit_projection(examples: Examples, recipe: Recipe) -> Projection | None:
    """Principal components of the embedding, each with the spread of 1, rounded so that they store small."""
    if not recipe.components:
        return None
    from sklearn.decomposition import PCA  # noqa: PLC0415 - only training needs it

    embedding = examples.rows[:, examples.handcrafted :].astype(np.float64)
    fitted = PCA(recipe.components, random_state=recipe.seed).fit(embedding)
    components = fitted.components_ / np.sqrt(fitted.explained_variance_)[:, None]
    return Projection(
        examples.handcrafted,
        fitted.mean_.astype(np.float32).astype(np.float64),
        components.astype(np.float32).astype(np.float64),
    )


def fit_boosted(examples: Examples, recipe: Recipe) -> str:
    """Boosted trees in LightGBM's text form."""
    import lightgbm  # noqa: PLC0415 - only training needs it

    parameters = {
        "objective": "binary",
        "learning_rate": recipe.lightgbm_rate,
        "max_depth": recipe.lightgbm_depth,
        "num_leaves": recipe.lightgbm_leaves,
        "feature_fraction": recipe.lightgbm_columns,
        "max_bin": recipe.lightgbm_bins,
        "seed": recipe.seed,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(examples.rows, examples.labels.astype(np.int32), weight=examples.weights)
    return flatten_lightgbm(lightgbm.train(parameters, data, recipe.lightgbm_trees))


def _fit_forest(examples: Examples, recipe: Recipe) -> Any:
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - only training needs it

    forest = RandomForestClassifier(
        recipe.forest_trees, max_depth=recipe.forest_depth, random_state=recipe.seed, n_jobs=-1
    )
    return forest.fit(examples.rows, examples.labels.astype(np.int32), sample_weight=examples.weights)


def _fit_svm(examples: Examples, recipe: Recipe) -> Svm:
    """A support vector machine whose probability is fitted on groups that it has not seen."""
    decisions = np.empty(len(examples))
    for fold in group_folds(examples.labels, examples.groups, seed=recipe.seed):
        part = _fit_margin(examples.at(fold.train), recipe, platt=(1.0, 0.0))
        decisions[fold.test] = part.decisions(examples.rows[fold.test])
    return _fit_margin(examples, recipe, platt=fit_logistic(decisions, examples.labels))


def _fit_margin(examples: Examples, recipe: Recipe, *, platt: tuple[float, float]) -> Svm:
    from sklearn.svm import SVC  # noqa: PLC0415 - only training needs it

    scaling = Scaling.fitted(examples.rows)
    machine = SVC(C=recipe.svm_cost, kernel="rbf", gamma="scale")
    machine.fit(scaling(examples.rows), examples.labels.astype(np.int32), sample_weight=examples.weights)
    return flatten_svm(machine, scaling, platt)


def fit_logistic(scores: npt.NDArray[np.float64], labels: Labels) -> tuple[float, float]:
    """Slope (not negative) and offset of the likeliest ``sigmoid(a * score + b)``.

    With Platt's (1999) targets, which keep a score that tells the labels apart from claiming certainty, by
    Newton's method.
    """
    generated = int(labels.sum())
    others = len(labels) - generated
    targets = np.where(labels, (generated + 1) / (generated + 2), 1 / (others + 2))
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    solution = np.array([0.0, np.log((generated + 1) / (others + 1))])
    for _ in range(_PLATT_STEPS):
        fitted = 1 / (1 + np.exp(-np.clip(design @ solution, -500, 500)))
        slope = design.T @ (fitted - targets)
        curvature = (design * (fitted * (1 - fitted))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, slope)
        solution = solution - step
        if np.abs(step).max() < 1e-10:
            break
    return max(0.0, float(solution[0])), float(solution[1])


def fit_ranking(examples: Examples, recipe: Recipe) -> Callable[[Values], npt.NDArray[np.float64]]:
    """A quick stand-in for the ensemble that ranks and promises no probability: for studies of many fits.

    Boosted trees and the support vector machine with their weights; no forest, and nothing fitted out of
    fold. It needs no more groups than one of each label.

    Returns:
        Scores of vectors, one a row, in [0, 1].
    """
    embedded = examples.rows.shape[1] - examples.handcrafted
    projection = _fit_projection(examples, recipe) if embedded > recipe.components else None
    seen = examples if projection is None else replace(examples, rows=projection(examples.rows))
    asked: dict[str, Member] = {
        "lightgbm": LightGBM.of(fit_boosted(seen, recipe)),
        "svm": _fit_margin(seen, recipe, platt=(1.0, 0.0)),
    }
    total = sum(recipe.weights[name] for name in asked)

    def scores(rows: Values) -> npt.NDArray[np.float64]:
        given = rows if projection is None else projection(rows)
        return sum(
            (recipe.weights[name] / total * member.probabilities(given) for name, member in asked.items()),
            start=np.zeros(len(rows)),
        )

    return scores

"""From fitted models of the learning libraries to the members that a bundle stores."""

from __future__ import annotations

from typing import Any

import numpy as np

from detector.ensemble.forest import RandomForest
from detector.ensemble.lightgbm import LightGBM
from detector.ensemble.svm import Scaling, Svm
from detector.ensemble.trees import Branches, Trees


def flatten_svm(svc: Any, scaling: Scaling, platt: tuple[float, float] | None = None) -> Svm:
    """A fitted binary RBF ``sklearn.svm.SVC`` as a member.

    Args:
        svc: fitted on rows that `scaling` gave, with the classes 0 and 1.
        scaling: stands before it.
        platt: (a, b) of ``sigmoid(a * decision + b)``, fitted out of fold; None takes those that scikit-learn
            fitted (``probability=True``).

    Raises:
        ValueError: the model is of another kind.
    """
    if svc.kernel != "rbf" or list(svc.classes_) != [0, 1]:
        raise ValueError("the support vector machine must have an RBF kernel and the classes 0 and 1")
    # libsvm's decision points to the first class, scikit-learn's to the second.
    a, b = platt or (-float(svc.probA_[0]), float(svc.probB_[0]))
    return Svm(
        scaling=scaling,
        support=np.asarray(svc.support_vectors_, dtype=np.float64),
        coefficients=np.asarray(svc.dual_coef_[0], dtype=np.float64),
        intercept=float(svc.intercept_[0]),
        gamma=float(svc._gamma),
        a=a,
        b=b,
    )


def flatten_forest(forest: Any) -> RandomForest:
    """A fitted binary ``sklearn.ensemble.RandomForestClassifier``, with the classes 0 and 1, as a member.

    Raises:
        ValueError: the model is of another kind.
    """
    if list(forest.classes_) != [0, 1]:
        raise ValueError("the random forest must have the classes 0 and 1")
    return RandomForest(Trees.grown([_branches(each.tree_) for each in forest.estimators_]))


def flatten_lightgbm(booster: Any) -> str:
    """LightGBM's text form of a fitted binary ``Booster``, which is what a bundle stores.

    Only the iterations that the booster itself would use are kept. Its list of parameters is left out: it
    names files and threads of the machine that trained.

    Raises:
        ValueError: the model is of a kind that can't be scored without LightGBM.
    """
    text = str(booster.model_to_string(num_iteration=booster.best_iteration or -1))
    model, end, _ = text.partition("\nend of trees")
    LightGBM.of(model + end)
    return f"{model}{end}\n"


def _branches(tree: Any) -> Branches:
    """One tree of scikit-learn; a leaf's value is the share of class 1."""
    counts = np.asarray(tree.value[:, 0, :], dtype=np.float64)
    return Branches(
        feature=np.where(tree.children_left < 0, -1, tree.feature).astype(np.intp),
        threshold=np.asarray(tree.threshold, dtype=np.float64),
        left=np.asarray(tree.children_left, dtype=np.intp),
        right=np.asarray(tree.children_right, dtype=np.intp),
        value=counts[:, 1] / counts.sum(axis=1),
    )

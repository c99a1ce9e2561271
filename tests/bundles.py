"""Small real bundles: dark pictures are GENUINE to them, bright ones SYNTHETIC, the others UNCERTAIN.

They have all that a bundle has but an embedding and a veto, and load in a moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from detector.bundle import CheckedRuntime, Contents, write_bundle
from detector.calibration import Isotonic
from detector.ensemble import Ensemble, LightGBM, RandomForest, Seat, Svm
from detector.ensemble.svm import Scaling
from detector.ensemble.trees import Branches, Trees
from detector.evaluation.metrics import Share
from detector.policy import Policy, Thresholds
from detector.vector import VectorSchema
from detector.warranty import Cell, Rate, Warranty
from tests.memories import memory_of, rows_of

SCHEMA = VectorSchema()
_DARK, _BRIGHT = 0.495, 0.530
"""Mean brightness below which a third of `tests.pictures.jpeg` lies, and above which another third does."""


def make_bundle(folder: Path, seed: int = 0) -> Path:
    """Write a bundle below a folder and give its path. Each seed gives another one."""
    path = folder / f"bundle-{seed}"
    write_bundle(path, contents(seed))
    return path


def contents(seed: int = 0) -> Contents:
    """What the bundle of a seed is written from; its borders lie a hair from those of other seeds."""
    rng = np.random.default_rng(seed)
    return Contents(
        name=f"tiny-{seed}",
        schema=SCHEMA,
        ensemble=_ensemble(rng),
        calibration=Isotonic((0.0, 0.5, 1.0), (0.0, 0.5, 1.0)),
        policy=Policy(thresholds=Thresholds(genuine_below=0.35, synthetic_from=0.65), prior=0.5),
        metrics={"auc": 0.5},
        data={"pictures": 0},
        libraries={"numpy": np.__version__},
    )


def vouched_contents(seed: int = 0) -> Contents:
    """The same with a memory, a warranty and checked runtimes."""
    return replace(
        contents(seed),
        memory=memory_of(rows_of(SCHEMA.length, seed), SCHEMA.handcrafted),
        warranty=WARRANTY,
        checked_runtimes=(CheckedRuntime(runtime="numpy", precision="float64"),),
        tolerance=0.01,
    )


def make_vouched_bundle(folder: Path, seed: int = 0) -> Path:
    """Write such a bundle below a folder and give its path."""
    path = folder / f"vouched-{seed}"
    write_bundle(path, vouched_contents(seed))
    return path


def _cell(domain: str, accused: int) -> Cell:
    return Cell(
        domain=domain,
        tier="clean",
        human_called_synthetic=_rate(accused, 100),
        ai_called_genuine=_rate(10, 100),
        uncertain=_rate(60, 200),
    )


def _rate(count: int, total: int) -> Rate:
    return Rate.model_validate(Share(count=count, total=total).as_json())


WARRANTY = Warranty(
    method="made up for tests", cells=(_cell("all", 10), _cell("anime", 2), _cell("photo", 20))
)
"""Photographs are its worst cell."""


def _ensemble(rng: np.random.Generator, length: int = SCHEMA.length) -> Ensemble:
    boosted = lightgbm_text([_by_brightness(rng, -0.5, 0.0, 0.5) for _ in range(6)])
    forest = Trees.grown([_by_brightness(rng, 0.1, 0.5, 0.9) for _ in range(8)])
    seats = {
        "lightgbm": Seat(member=LightGBM.of(boosted), weight=0.4),
        "svm": Seat(member=_svm(length), weight=0.5),
        "random_forest": Seat(member=RandomForest(forest), weight=0.1),
    }
    return Ensemble(seats, length)


def lightgbm_text(trees: list[Branches]) -> str:
    """Trees as LightGBM writes them; their inner nodes come first."""
    last = len(SCHEMA.names) - 1
    header = f"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={last}"
    names, ranges = " ".join(SCHEMA.names), " ".join(["[0:1]"] * len(SCHEMA.names))
    objective = f"objective=binary sigmoid:1\nfeature_names={names}\nfeature_infos={ranges}"
    blocks = "\n".join(f"Tree={number}\n{_tree_text(tree)}" for number, tree in enumerate(trees))
    return f"{header}\n{objective}\n\n{blocks}\nend of trees\n"


def _tree_text(tree: Branches) -> str:
    inner = int((tree.feature >= 0).sum())
    lines: dict[str, Iterable[object]] = {
        "num_leaves": [inner + 1],
        "num_cat": [0],
        "split_feature": tree.feature[:inner],
        "threshold": tree.threshold[:inner],
        "decision_type": [2] * inner,
        "left_child": np.where(tree.left < inner, tree.left, ~(tree.left - inner))[:inner],
        "right_child": np.where(tree.right < inner, tree.right, ~(tree.right - inner))[:inner],
        "leaf_value": tree.value[inner:],
        "leaf_count": [100] * (inner + 1),
        "internal_value": [0] * inner,
        "internal_count": [100 * (inner + 1 - node) for node in range(inner)],
        "is_linear": [0],
    }
    return "\n".join(f"{name}={' '.join(map(str, numbers))}" for name, numbers in lines.items()) + "\n"


def _by_brightness(rng: np.random.Generator, dark: float, between: float, bright: float) -> Branches:
    """Two questions about ``mean_brightness``, which is the first feature; three answers."""
    low, high = rng.normal([_DARK, _BRIGHT], 0.001)
    return Branches(
        feature=np.array([0, 0, -1, -1, -1]),
        threshold=np.array([low, high, 0.0, 0.0, 0.0]),
        left=np.array([2, 3, 0, 0, 0]),
        right=np.array([1, 4, 0, 0, 0]),
        value=np.array([0.0, 0.0, dark, between, bright]),
    )


def _svm(length: int) -> Svm:
    """One support vector among dark pictures and one among bright ones; it looks at brightness only."""
    mean, scale = np.zeros(length), np.full(length, 1e30)
    mean[0], scale[0] = (_DARK + _BRIGHT) / 2, 0.03
    support = np.zeros((2, length))
    support[:, 0] = [-1.5, 1.5]
    return Svm(
        scaling=Scaling(mean=mean, scale=scale),
        support=support,
        coefficients=np.array([-1.0, 1.0]),
        intercept=0.0,
        gamma=0.3,
        a=3.0,
        b=0.0,
    )


def embedding_bundle(folder: Path) -> Path:
    """A bundle whose vectors have an embedding, the weights of which nobody has."""
    schema = VectorSchema(embedding="convnext_tiny.fb_in22k/last/whole", embedding_length=768)
    path, rng = folder / "with-embedding", np.random.default_rng(0)
    backbones = {"convnext_tiny.fb_in22k": "0" * 64}
    ensemble = _ensemble(rng, schema.length)
    write_bundle(path, replace(contents(), schema=schema, ensemble=ensemble, backbones=backbones))
    return path

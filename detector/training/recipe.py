"""What is fitted, and how: every number that decides what training comes to."""

from __future__ import annotations

from dataclasses import dataclass, field

from detector.policy import Thresholds
from detector.training.demands import Demands


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Settings of a fit: the published ensemble, with two numbers chosen by group-wise cross-validation.

    Those two are ``lightgbm_columns`` and ``svm_cost``: with an embedding of 1,536 numbers beside the
    handcrafted ones, trees that see a fifth of them each, and a wider margin, rank unseen sources better.
    """

    seed: int = 20261125
    """Of every draw: folds, trees, the veto's order of pictures."""

    lightgbm_trees: int = 500
    lightgbm_rate: float = 0.05
    lightgbm_depth: int = 8
    lightgbm_leaves: int = 63
    lightgbm_columns: float = 0.2
    """Share of the numbers that each tree may look at."""
    lightgbm_bins: int = 255
    """Into so many steps a number is cut before trees look at it, at most."""

    svm_cost: float = 3.0
    forest_trees: int = 300
    forest_depth: int = 12

    components: int = 0
    """Principal components that stand for the embedding before every member; 0 leaves it as it is."""

    weights: dict[str, float] = field(
        default_factory=lambda: {"lightgbm": 0.4, "svm": 0.5, "random_forest": 0.1}
    )
    choose_weights: bool = False
    """Whether the weights are chosen on the folds instead."""
    thresholds: Thresholds = field(default=Thresholds(genuine_below=0.35, synthetic_from=0.65))
    demands: Demands | None = None
    """What solved thresholds must hold, in the place of those."""
    prior: float = 0.5
    """Share of generated pictures that the calibrated probability assumes."""
    tolerance: float = 1e-3
    """How far a probability may lie from the stored one when it is computed again: more than the
    rounding of another machine moves it, less than anybody would act upon."""

    veto_domains: tuple[str, ...] = ("anime", "illustration")
    """Kinds of pictures that the veto learns from; none stands for all kinds."""
    veto_rate: float = 1e-4
    veto_decay: float = 0.01
    veto_epochs: int = 5
    veto_batch: int = 16
    veto_target: float = 0.05
    """Share of people's pictures that may be called SYNTHETIC, out of fold: the veto's threshold is solved
    from it."""

"""What a bundle records of its recipe, so that the same can be fitted again without some of the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from detector.bundle import Bundle
from detector.evaluation.bounds import Bound
from detector.training.demands import Costs, Demands
from detector.training.recipe import Recipe

RECIPE, DECISION = "recipe", "decision"
"""Where it stands among a bundle's metrics."""
_SETTINGS = (
    "lightgbm_trees",
    "lightgbm_rate",
    "lightgbm_depth",
    "lightgbm_leaves",
    "lightgbm_columns",
    "lightgbm_bins",
    "svm_cost",
    "forest_trees",
    "forest_depth",
    "veto_rate",
    "veto_decay",
    "veto_epochs",
    "veto_batch",
)
"""Numbers that a fit can't do without and that can't be seen in what it gave."""


def settings_of(recipe: Recipe) -> dict[str, float]:
    """Those of a recipe, for the manifest."""
    return {name: value for name, value in asdict(recipe).items() if name in _SETTINGS}


def recipe_of(bundle: Bundle, recipe: Recipe) -> Recipe:
    """A recipe with what a bundle says of its own.

    What a bundle does not say stays as the given recipe has it: bundles of earlier versions do not record the
    members' settings.
    """
    metrics = bundle.manifest["metrics"]
    decision = metrics.get(DECISION, {})
    seats = bundle.ensemble.seats
    projections = [seat.projection for seat in seats.values() if seat.projection is not None]
    known = {name: value for name, value in metrics.get(RECIPE, {}).items() if name in _SETTINGS}
    return replace(
        _with_veto(replace(recipe, **known), bundle.veto),
        weights={name: seat.weight for name, seat in seats.items()},
        choose_weights=decision.get("weights") == "folds",
        thresholds=bundle.policy.thresholds,
        demands=demands_of(decision),
        prior=bundle.policy.prior,
        components=projections[0].gives - bundle.schema.handcrafted if projections else 0,
    )


def demands_of(decision: Mapping[str, Any]) -> Demands | None:
    """What a bundle's thresholds were solved for, by its manifest; None where they were given."""
    if "demands" not in decision:
        return None
    asked = dict(decision["demands"])
    return Demands(**asked | {"costs": Costs(**asked["costs"]), "bound": Bound(asked["bound"])})


def _with_veto(recipe: Recipe, entry: Mapping[str, Any] | None) -> Recipe:
    if entry is None:
        return recipe
    return replace(
        recipe,
        veto_domains=tuple(entry.get("domains", recipe.veto_domains)),
        veto_target=entry.get("target", recipe.veto_target),
    )

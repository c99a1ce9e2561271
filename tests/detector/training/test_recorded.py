"""A bundle says enough of its recipe to be fitted again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detector.bundle import read_bundle, write_bundle
from detector.evaluation.bounds import Bound
from detector.policy import Thresholds
from detector.training.deciding import Ruling, facts_of
from detector.training.demands import Costs, Demands
from detector.training.recipe import Recipe
from detector.training.recorded import DECISION, RECIPE, demands_of, recipe_of, settings_of
from tests.bundles import contents

_DEMANDS = Demands(
    max_false_accusation=0.02, review_share=0.3, costs=Costs(accusation=50, review=2), bound=Bound.GROUPS
)


def test_what_was_fitted_with_is_read_back(tmp_path: Path) -> None:
    fitted = Recipe(svm_cost=1.5, lightgbm_columns=1.0, demands=_DEMANDS, choose_weights=True)
    ruling = Ruling(thresholds=fitted.thresholds, objects_below=0.0, band=None)
    facts = facts_of(ruling, fitted) | {"demands": facts_of_demands()}
    made = replace(contents(), metrics={DECISION: facts, RECIPE: settings_of(fitted)})
    write_bundle(tmp_path / "bundle", made)
    found = recipe_of(read_bundle(tmp_path / "bundle"), Recipe(seed=7))
    assert found == replace(
        fitted, seed=7, thresholds=Thresholds(genuine_below=0.35, synthetic_from=0.65), prior=0.5
    )


def facts_of_demands() -> dict[str, object]:
    """As JSON has them."""
    return {
        "max_false_accusation": 0.02,
        "max_false_clearance": None,
        "review_share": 0.3,
        "costs": {"accusation": 50.0, "clearance": 10.0, "review": 2.0},
        "bound": "groups",
    }


def test_thresholds_that_were_given_have_no_demands() -> None:
    assert demands_of({"thresholds": "fixed"}) is None
    assert demands_of({"demands": facts_of_demands()}) == _DEMANDS


def test_what_a_bundle_does_not_say_stays_as_it_is_given(tmp_path: Path) -> None:
    write_bundle(tmp_path / "bundle", contents())
    assert recipe_of(read_bundle(tmp_path / "bundle"), Recipe(svm_cost=9)).svm_cost == 9


@pytest.mark.parametrize("name", ["seed", "weights", "prior", "demands", "tolerance"])
def test_what_stands_elsewhere_in_the_manifest_is_not_recorded_twice(name: str) -> None:
    assert name not in settings_of(Recipe())

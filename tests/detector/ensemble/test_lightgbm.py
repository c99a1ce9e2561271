"""LightGBM's text form, read against LightGBM itself."""

from __future__ import annotations

from typing import Any

import lightgbm
import numpy as np
import pytest

from detector.ensemble import LightGBM

Table = np.ndarray[tuple[int, int], np.dtype[np.float32]]


def table(seed: int = 0, rows: int = 400) -> tuple[Table, np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """Rows with many equal numbers and many zeros, and labels that depend on them."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, 12)).astype(np.float32)
    values[:, :4] = np.round(values[:, :4])
    values[:, 4] = np.where(rng.random(rows) < 0.5, 0, values[:, 4])
    labels = values[:, 0] + values[:, 5] + np.where(values[:, 4] == 0, 1, -1) + rng.normal(size=rows) > 0
    return values, labels.astype(np.int32)


def trained(rounds: int = 30, **parameters: Any) -> lightgbm.Booster:
    rows, labels = table()
    usual = {"objective": "binary", "num_leaves": 15, "verbosity": -1, "num_threads": 1, "seed": 1}
    return lightgbm.train({**usual, **parameters}, lightgbm.Dataset(rows, labels), rounds)


def around_the_thresholds(model: LightGBM) -> Table:
    """Rows that hold the thresholds of the model, and their neighbours."""
    inner = model.trees.feature >= 0
    found = model.trees.threshold[inner]
    near = np.concatenate([found, np.nextafter(found, np.float32(9)), np.nextafter(found, np.float32(-9))])
    count = len(near) // 12
    return near[: 12 * count].reshape(count, 12)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"sigmoid": 2.0},
        {"zero_as_missing": True},
        {"use_missing": False},
        {"boost_from_average": False, "max_depth": 8, "num_leaves": 63},
        {"min_data_in_leaf": 500},
        {"boosting": "dart", "drop_seed": 3},
    ],
    ids=str,
)
def test_probabilities_are_those_of_lightgbm(parameters: dict[str, Any]) -> None:
    booster = trained(**parameters)
    model = LightGBM.of(booster.model_to_string())
    rows = np.concatenate([table(seed=1)[0], around_the_thresholds(model)])
    rows[:12] *= np.eye(12, dtype=np.float32)  # almost nothing but zeros
    rows[12, 4] = np.float32(9e-36)  # taken for zero
    assert model.probabilities(rows) == pytest.approx(np.asarray(booster.predict(rows)), abs=1e-12)


def test_a_model_that_asks_nothing_gives_the_share_of_its_labels() -> None:
    model = LightGBM.of(trained(min_data_in_leaf=500).model_to_string())
    assert model.fits(1)
    assert len(set(model.probabilities(table()[0]))) == 1


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"objective": "regression"}, "not binary"),
        ({"objective": "multiclass", "num_class": 2}, "not one sum of trees"),
        ({"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}, "not one sum of trees"),
        ({"linear_tree": True}, "linear leaves"),
    ],
)
def test_models_that_need_lightgbm_itself_are_refused(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        LightGBM.of(trained(5, **parameters).model_to_string())


def test_categorical_splits_are_refused() -> None:
    rows, labels = table()
    rows[:, 0] = labels + 2 * (np.arange(len(rows)) % 3)
    data = lightgbm.Dataset(rows, labels, categorical_feature=[0])
    parameters = {"objective": "binary", "verbosity": -1, "min_data_per_group": 1}
    text = lightgbm.train(parameters, data, 20).model_to_string()
    with pytest.raises(ValueError, match="categorical"):
        LightGBM.of(text)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("tree\n", "bush\n"),
        ("end of trees", ""),
        ("leaf_value=", "leaf_values="),
        ("num_leaves=15", "num_leaves=14"),
        ("num_leaves=15", "num_leaves=many"),
        ("left_child=1", "left_child=99"),
        ("left_child=1", "left_child=0"),
        ("split_feature=", "split_feature=-3 "),
        ("threshold=", "threshold=nan "),
    ],
)
def test_a_text_that_was_tampered_with_is_refused(there: str, instead: str) -> None:
    text = trained(3).model_to_string()
    assert there in text
    with pytest.raises(ValueError, match=r"."):
        LightGBM.of(text.replace(there, instead, 1))

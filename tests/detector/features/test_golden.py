"""The 148 features and the optional ones against the original's values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detector.features import ALL_GROUPS, HC148, extract

from .golden import ODD_SIZES, PICTURES, VALUES, deviations, pixels


def test_every_golden_picture_is_at_hand() -> None:
    assert [path.name for path in PICTURES] == sorted(VALUES["hc148.csv"]) == sorted(VALUES["optional.csv"])
    assert [path.name for path in ODD_SIZES] == sorted(VALUES["resize.csv"])


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_features_equal_the_golden_ones_within_their_tolerances(path: Path) -> None:
    features = extract(pixels(path), ALL_GROUPS)
    assert not deviations(features, "hc148.csv", path.name)
    assert not deviations(features, "optional.csv", path.name)


@pytest.mark.parametrize("path", ODD_SIZES, ids=lambda path: path.stem)
def test_features_of_other_sizes_and_modes_equal_the_golden_ones(path: Path) -> None:
    assert not deviations(extract(pixels(path)), "resize.csv", path.name)


def test_a_value_that_the_original_left_undefined_is_masked() -> None:
    features = extract(pixels(next(path for path in PICTURES if path.stem == "11_black")))
    masked = {name for name, gone in zip(features.names, features.replaced.tolist(), strict=True) if gone}
    undefined = {
        name for name, value in VALUES["hc148.csv"]["11_black.png"].items() if not np.isfinite(value)
    }
    assert masked == undefined
    assert {"noise_entropy", "snr", "hue_kurtosis", "acf_lag2", "dct_high_freq_energy"} <= masked


def test_zeros_and_ones_are_stretched_except_for_the_moments_of_colour() -> None:
    rgb = pixels(next(path for path in PICTURES if path.stem == "30_dark01"))
    assert rgb.max() == 1
    dark, bright = extract(rgb), extract(rgb * np.uint8(255))
    differing = {
        name
        for name, a, b in zip(HC148.names, dark.values.tolist(), bright.values.tolist(), strict=True)
        if a != pytest.approx(b, nan_ok=True, rel=1e-9)
    }
    assert differing == {f"{c}_{m}" for c in ("red", "green", "blue") for m in ("mean", "variance")}

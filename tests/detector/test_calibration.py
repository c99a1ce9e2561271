"""Monotone, into [0, 1], and readable from plain numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.calibration import Calibration, Isotonic, Platt, read_calibration

unit = st.floats(0, 1)


@st.composite
def isotonic(draw: st.DrawFn) -> Isotonic:
    x = sorted(draw(st.lists(unit, min_size=1, max_size=20, unique=True)))
    y = sorted(draw(st.lists(unit, min_size=len(x), max_size=len(x))))
    return Isotonic(tuple(x), tuple(y))


calibrations = isotonic() | st.builds(Platt, st.floats(0, 50), st.floats(-50, 50))


@given(calibration=calibrations, raw=st.lists(unit, min_size=2, max_size=30))
def test_a_calibration_is_monotone_and_stays_in_the_unit_interval(
    calibration: Calibration, raw: list[float]
) -> None:
    probabilities = calibration(np.array(sorted(raw)))
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert (np.diff(probabilities) >= 0).all()


@given(calibration=calibrations, raw=unit)
def test_a_calibration_survives_its_way_through_json(calibration: Calibration, raw: float) -> None:
    again = read_calibration(json.loads(json.dumps(calibration.numbers())))
    assert again == calibration
    assert again(np.array([raw])) == calibration(np.array([raw]))


@given(calibration=calibrations, raw=st.lists(unit, min_size=1, max_size=30))
def test_a_number_is_calibrated_alike_alone_and_among_others(
    calibration: Calibration, raw: list[float]
) -> None:
    together = calibration(np.array(raw))
    assert [float(calibration(np.array([each]))[0]) for each in raw] == list(together)


def test_knots_are_joined_by_straight_lines_and_flat_outside() -> None:
    calibration = Isotonic((0.2, 0.4), (0.1, 0.5))
    assert calibration(np.array([0.0, 0.2, 0.3, 0.4, 1.0])) == pytest.approx([0.1, 0.1, 0.3, 0.5, 0.5])


def test_platt_without_slope_or_offset_changes_nothing() -> None:
    raw = np.array([0.01, 0.5, 0.99])
    assert Platt(1.0, 0.0)(raw) == pytest.approx(raw)


@pytest.mark.parametrize(
    "numbers",
    [
        {"kind": "isotonic", "x": [0.5, 0.5], "y": [0.1, 0.2]},
        {"kind": "isotonic", "x": [0.1, 0.5], "y": [0.2, 0.1]},
        {"kind": "isotonic", "x": [0.1, 0.5], "y": [0.2]},
        {"kind": "isotonic", "x": [], "y": []},
        {"kind": "isotonic", "x": [0.1], "y": [1.5]},
        {"kind": "isotonic", "x": [0.1]},
        {"kind": "isotonic", "x": 1, "y": [0.1]},
        {"kind": "platt", "a": -1.0, "b": 0.0},
        {"kind": "platt", "a": float("inf"), "b": 0.0},
        {"kind": "none of them"},
        {},
    ],
)
def test_numbers_that_describe_no_calibration_are_refused(numbers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"calibration|knots|slope"):
        read_calibration(numbers)

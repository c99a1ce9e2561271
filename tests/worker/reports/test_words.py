"""Figures are written as people read them."""

from __future__ import annotations

import pytest

from worker.reports.words import DASH, number, reach, spread


@pytest.mark.parametrize(
    ("value", "told"), [(-0.0004, "0.000"), (-0.2, "-0.200"), (1.0, "1.000"), (None, DASH)]
)
def test_what_rounds_to_nought_has_no_sign(value: float | None, told: str) -> None:
    assert number(value) == told


def test_a_spread_has_its_interval_where_there_is_one() -> None:
    assert spread({"value": -0.04, "low": -0.2, "high": 0.1}, 1) == "0.0 (-0.2 to 0.1)"
    assert spread({"value": 0.5, "low": None, "high": None}) == "0.500"


def test_numbers_that_are_told_alike_are_told_once() -> None:
    assert reach([0.35, 0.35]) == "0.350"
    assert reach([0.0712, 0.0581]) == "0.058 to 0.071"

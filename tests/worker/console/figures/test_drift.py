"""The movement of mean vectors, against values that are worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from worker.console.figures.drift import mean_vector

NAMES = [("mean_brightness", "brightness"), ("red_mean", "colour"), ("flat", "colour")]


def rows(*vectors: list[float]) -> list[bytes]:
    return [np.array(vector, dtype="<f4").tobytes() for vector in vectors]


def test_a_mean_moves_by_deviations_of_the_weeks_before() -> None:
    before = rows([0.0, 10.0, 5.0], [2.0, 10.0, 5.0], [4.0, 13.0, 5.0])
    now = rows([6.0, 11.0, 9.0], [6.0, 11.0, 9.0])
    found = mean_vector(NAMES, now, before)
    assert found is not None
    assert (found.numbers, found.now, found.before) == (3, 2, 3)
    (moved,) = found.largest
    assert (moved.name, moved.words) == ("mean_brightness", "brightness")
    assert moved.deviations == pytest.approx(2.0)
    assert found.root_mean_square == pytest.approx(2 / math.sqrt(3)), "what never varied has no deviations"
    assert found.by_chance == pytest.approx(math.sqrt(1 / 2 + 1 / 3))


def test_one_vector_tells_nothing_of_spread() -> None:
    assert mean_vector(NAMES, rows([0.0, 1.0, 2.0]), rows([0.0, 1.0, 2.0], [3.0, 4.0, 5.0])) is None
    assert mean_vector(NAMES, [], []) is None

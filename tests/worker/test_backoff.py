"""The delay before the next try."""

from __future__ import annotations

import pytest

from worker.backoff import backoff


@pytest.mark.parametrize(
    ("failures", "whole"),
    [(1, 2.0), (2, 4.0), (3, 8.0), (5, 30.0), (1000, 30.0)],  # the bound is 30 s
)
def test_the_delay_doubles_up_to_its_bound_and_its_upper_half_is_chance(failures: int, whole: float) -> None:
    assert backoff(failures, first=2, longest=30, dice=lambda: 0.0) == whole / 2
    assert backoff(failures, first=2, longest=30, dice=lambda: 1.0) == whole

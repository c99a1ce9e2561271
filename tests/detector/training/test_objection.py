"""The veto's threshold keeps the share of accused people at its target."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.training.objection import LEAST, solve_threshold

PICTURES = st.lists(
    st.tuples(st.booleans(), st.booleans(), st.booleans(), st.floats(0, 1)), min_size=1, max_size=60
)


def solved(
    pictures: list[tuple[bool, bool, bool, float]], target: float
) -> tuple[float, dict[str, np.ndarray]]:
    labels, accused, drawn, veto = (np.array(column) for column in zip(*pictures, strict=True))
    columns = {"labels": labels, "accused": accused, "drawn": drawn, "veto": veto}
    return solve_threshold(**columns, target=target), columns


@given(PICTURES, st.sampled_from([0.0, 0.05, 0.3, 1.0]))
def test_no_more_people_are_accused_than_the_target_says(
    pictures: list[tuple[bool, bool, bool, float]], target: float
) -> None:
    threshold, of = solved(pictures, target)
    for kind in (~of["labels"], ~of["labels"] & of["drawn"]):
        let_pass = kind & of["accused"] & (of["veto"] >= threshold) & (of["veto"] < 1)
        assert let_pass.sum() <= target * kind.sum()
    assert LEAST <= threshold <= 1


@given(PICTURES, st.sampled_from([0.05, 0.3]))
def test_a_lower_threshold_would_accuse_too_many(
    pictures: list[tuple[bool, bool, bool, float]], target: float
) -> None:
    threshold, of = solved(pictures, target)
    if threshold > LEAST:
        lower = np.nextafter(threshold, 0.0)
        counts = [
            ((kind & of["accused"] & (of["veto"] >= lower)).sum(), kind.sum())
            for kind in (~of["labels"], ~of["labels"] & of["drawn"])
        ]
        assert any(count > target * total for count, total in counts)


def test_a_veto_that_nobody_needs_still_objects_by_its_own_opinion() -> None:
    threshold, _ = solved([(True, True, True, 0.9), (False, False, True, 0.1)], 0.05)
    assert threshold == LEAST

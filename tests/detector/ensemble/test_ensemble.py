"""The weighted mean, projections, and what fits together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detector.ensemble import Ensemble, Projection, Seat

Rows = np.ndarray[tuple[int, int], np.dtype[np.float32]]


class First:
    """Says the first number of a row, and notes what it was shown."""

    def __init__(self, width: int = 1) -> None:
        self._width = width
        self.shown: list[Rows] = []

    def fits(self, length: int) -> bool:
        return self._width <= length

    def probabilities(self, rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        self.shown.append(rows)
        return rows[:, 0].astype(np.float64)


def seats(**changes: Any) -> dict[str, Seat]:
    usual = {
        "lightgbm": Seat(member=First(), weight=0.4),
        "svm": Seat(member=First(), weight=0.5),
        "random_forest": Seat(member=First(), weight=0.1),
    }
    return {**usual, **changes}


class Constant(First):
    """Always says one thing."""

    def __init__(self, says: float) -> None:
        super().__init__()
        self._says = says

    def probabilities(self, rows: Rows) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.full(len(rows), self._says)


def test_the_raw_score_is_the_weighted_mean() -> None:
    ensemble = Ensemble(
        {
            "random_forest": Seat(member=Constant(1.0), weight=1.0),
            "svm": Seat(member=Constant(0.2), weight=5.0),
            "lightgbm": Seat(member=Constant(0.5), weight=4.0),
        },
        length=3,
    )
    scores = ensemble.score(np.zeros((2, 3), dtype=np.float32))
    assert scores.raw == pytest.approx([0.4 * 0.5 + 0.5 * 0.2 + 0.1] * 2)
    assert list(scores.members) == ["lightgbm", "svm", "random_forest"]


def test_a_projection_keeps_the_first_numbers_and_turns_the_others() -> None:
    projection = Projection(1, np.array([1.0, 2.0]), np.array([[1.0, 1.0], [0.0, 2.0], [3.0, 0.0]]))
    assert (projection.takes, projection.gives) == (3, 4)
    rows = np.array([[7.0, 2.0, 4.0]], dtype=np.float32)
    assert projection(rows).tolist() == [[7.0, 3.0, 4.0, 3.0]]
    assert Projection.of(projection.arrays())(rows).tolist() == [[7.0, 3.0, 4.0, 3.0]]


def test_members_may_share_a_projection_and_others_see_the_vector() -> None:
    class Counted(Projection):
        calls = 0

        def __call__(self, rows: Rows) -> Rows:
            Counted.calls += 1
            return super().__call__(rows)

    projection = Counted(1, np.zeros(2), np.ones((1, 2)))
    sees_it, too, not_it = First(2), First(2), First(3)
    ensemble = Ensemble(
        seats(
            lightgbm=Seat(member=sees_it, weight=1.0, projection=projection),
            svm=Seat(member=too, weight=1.0, projection=projection),
            random_forest=Seat(member=not_it, weight=1.0),
        ),
        length=3,
    )
    ensemble.score(np.zeros((4, 3), dtype=np.float32))
    assert Counted.calls == 1
    assert [member.shown[0].shape for member in (sees_it, too, not_it)] == [(4, 2), (4, 2), (4, 3)]


@pytest.mark.parametrize(
    "changes",
    [
        {"svm": Seat(member=First(4), weight=0.5)},
        {"svm": Seat(member=First(), weight=-0.5)},
        {"svm": Seat(member=First(), weight=float("nan"))},
        {"another": Seat(member=First(), weight=0.5)},
        {"svm": Seat(member=First(), weight=0.5, projection=Projection(1, np.zeros(3), np.ones((1, 3))))},
        {"svm": Seat(member=First(3), weight=0.5, projection=Projection(1, np.zeros(2), np.ones((1, 2))))},
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Seat]) -> None:
    with pytest.raises(ValueError, match=r"members|weights|not trained|takes"):
        Ensemble(seats(**changes), length=3)


@pytest.mark.parametrize(
    "rows", [np.zeros((1, 2), dtype=np.float32), np.zeros(3, dtype=np.float32), np.zeros((1, 3))]
)
def test_only_float32_rows_of_the_right_length_are_scored(rows: Any) -> None:
    with pytest.raises(ValueError, match="float32"):
        Ensemble(seats(), length=3).score(rows)


@pytest.mark.parametrize(
    ("mean", "components"),
    [(np.zeros(2), np.ones((1, 3))), (np.zeros(2), np.ones((0, 2))), (np.array([np.nan]), np.ones((1, 1)))],
)
def test_a_projection_whose_numbers_do_not_fit_is_refused(mean: Any, components: Any) -> None:
    with pytest.raises(ValueError, match="projection"):
        Projection(0, mean, components)

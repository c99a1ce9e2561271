"""No group is ever on both sides of a split."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.training.folds import group_folds, number_groups


@given(st.lists(st.integers(1, 12), min_size=10, max_size=30), st.integers(0, 99))
def test_folds_split_no_group_and_test_every_picture_once(sizes: list[int], seed: int) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    labels = groups % 2 == 0
    folds = group_folds(labels, groups, seed=seed)
    for fold in folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
        assert len(fold.train) + len(fold.test) == len(groups)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(len(groups)))


def test_the_same_seed_gives_the_same_folds() -> None:
    groups = np.repeat(np.arange(12), 5)
    one, other = (group_folds(groups % 2 == 0, groups, seed=4) for _ in range(2))
    assert all((a.test == b.test).all() for a, b in zip(one, other, strict=True))


def test_groups_are_numbered_by_name() -> None:
    assert list(number_groups(["b", "a", "b", "c"])) == [1, 0, 1, 2]

"""Flat trees against the plain walk from node to node."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.ensemble.trees import LEAF, Branches, Trees, floor32

FEATURES = 5


def grow(rng: np.random.Generator, depth: int) -> Branches:
    """A random tree with up to `depth` levels of questions, its nodes in depth-first order."""
    nodes: list[list[float]] = []

    def add(level: int) -> int:
        number = len(nodes)
        nodes.append([LEAF, 0.0, 0, 0, float(rng.normal())])
        if level < depth and (level == 0 or rng.random() < 0.7):
            threshold = float(rng.integers(-3, 4)) / 2
            nodes[number] = [float(rng.integers(FEATURES)), threshold, add(level + 1), add(level + 1), 0.0]
        return number

    add(0)
    columns = np.array(nodes).T
    return Branches(
        feature=columns[0].astype(np.intp),
        threshold=columns[1],
        left=columns[2].astype(np.intp),
        right=columns[3].astype(np.intp),
        value=columns[4],
    )


def walk(tree: Branches, row: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    node = 0
    while tree.feature[node] != LEAF:
        goes_left = float(row[tree.feature[node]]) <= tree.threshold[node]
        node = int((tree.left if goes_left else tree.right)[node])
    return float(tree.value[node])


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 8), depth=st.integers(0, 6))
def test_flat_trees_say_what_the_trees_say(seed: int, count: int, depth: int) -> None:
    """Rows hold the thresholds themselves, where left and right are decided."""
    rng = np.random.default_rng(seed)
    trees = [grow(rng, depth) for _ in range(count)]
    rows = (rng.integers(-4, 5, (7, FEATURES)) / 2).astype(np.float32)
    wanted = [sum(walk(tree, row) for tree in trees) for row in rows]
    assert Trees.grown(trees).sums(rows) == pytest.approx(wanted, abs=1e-12)


def test_a_row_gets_the_same_sum_alone_and_among_others() -> None:
    rng = np.random.default_rng(3)
    trees = Trees.grown([grow(rng, 6) for _ in range(300)])
    rows = rng.normal(size=(300, FEATURES)).astype(np.float32)
    assert [float(trees.sums(row[None])[0]) for row in rows] == list(trees.sums(rows))


@example(number=-3.402823364973241e38, row=0.0)
@given(number=st.floats(allow_nan=False), row=st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_threshold_in_float32_parts_float32_numbers_as_before(number: float, row: float) -> None:
    floored = floor32(np.array([number]))[0]
    assert (np.float32(row) <= floored) == (row <= number)


def test_no_rows_give_no_sums() -> None:
    trees = Trees.grown([grow(np.random.default_rng(0), 2)])
    assert trees.sums(np.zeros((0, FEATURES), dtype=np.float32)).shape == (0,)


@pytest.mark.parametrize(
    ("feature", "sizes"),
    [
        ([0, LEAF], [2]),
        ([0, LEAF, LEAF, LEAF], [4]),
        ([0, LEAF, LEAF], [2]),
        ([0, LEAF, LEAF], [3, 0]),
        ([], []),
        ([LEAF, 0, LEAF, LEAF, 0], [1, 4]),
    ],
)
def test_arrays_that_describe_no_trees_are_refused(feature: list[int], sizes: list[int]) -> None:
    count = len(feature)
    with pytest.raises(ValueError, match="tree"):
        Trees(
            np.array(feature, dtype=np.int32),
            np.zeros(count, dtype=np.float32),
            np.zeros(count),
            np.array(sizes, dtype=np.int32),
        )


@given(st.lists(st.sampled_from([LEAF, 0, 1]), min_size=1, max_size=15))
def test_no_array_of_numbers_makes_a_walk_without_end(feature: list[int]) -> None:
    numbers = np.array(feature, dtype=np.int32)
    arrays = (np.zeros(len(feature), dtype=np.float32), np.zeros(len(feature)))
    try:
        trees = Trees(numbers, *arrays, np.array([len(feature)]))
    except ValueError:
        return
    assert trees.sums(np.zeros((1, 2), dtype=np.float32)) == [0.0]


def test_nodes_that_go_round_in_a_circle_are_refused() -> None:
    circle = Branches(
        feature=np.array([0, 0, LEAF]),
        threshold=np.zeros(3),
        left=np.array([1, 0, 0]),
        right=np.array([2, 2, 0]),
        value=np.zeros(3),
    )
    with pytest.raises(ValueError, match="circle"):
        Trees.grown([circle])

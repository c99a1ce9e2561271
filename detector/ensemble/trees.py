"""Decision trees as flat arrays, walked level by level for many rows and all trees at once.

The nodes of a tree stand in breadth-first order, so that the children of its k-th inner node are its nodes
2k + 1 and 2k + 2: no child's number is stored, and no array of numbers can describe a walk that doesn't end.
A leaf leads to itself, so every walk takes as many steps as the deepest tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
"""(n, d) one vector a row, finite."""
Real = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.intp]

LEAF = -1
"""Stands for a leaf where an inner node has the number of its feature."""

_BLOCK = 128
"""Rows walked together: their columns and nodes fit into a core's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches:
    """One tree as its library holds it: nodes in any order, the root first."""

    feature: Numbers
    """(m,) feature that an inner node looks at; ``LEAF`` for a leaf."""
    threshold: Real
    """(m,) an inner node leads to the left where the feature is at most this."""
    left: Numbers
    right: Numbers
    """(m,) numbers of the children of inner nodes."""
    value: Real
    """(m,) what a leaf says."""


class Trees:
    """Trees that look at float32 rows.

    Args:
        feature: (m,) of all trees, one after another, each breadth-first; ``LEAF`` for a leaf.
        threshold: (m,) float32; inner nodes lead to the right above it.
        value: (m,) what each leaf says.
        sizes: (t,) how many nodes each tree has.
        zeros: (m,) where zeros go regardless of the threshold: 0 nowhere else, -1 left, 1 right.

    Raises:
        ValueError: the arrays do not describe trees.
    """

    def __init__(
        self,
        feature: npt.NDArray[np.integer],
        threshold: Rows,
        value: Real,
        sizes: npt.NDArray[np.integer],
        zeros: npt.NDArray[np.int8] | None = None,
    ) -> None:
        inner = feature >= 0
        left = _children(inner, sizes.astype(np.intp))
        if not threshold.shape == value.shape == feature.shape or not np.isfinite(value).all():
            raise ValueError("trees need a threshold and a finite value for each node")
        self.sizes = sizes.astype(np.intp)
        self.feature = np.where(inner, feature, LEAF).astype(np.intp)
        self.threshold = np.where(inner, threshold, np.float32(np.inf)).astype(np.float32)
        self.value = value.astype(np.float64)
        self._looks_at = np.where(inner, feature, 0).astype(np.intp)
        self._left = left
        self._roots = np.cumsum(self.sizes) - self.sizes
        self._zeros = zeros if zeros is not None and zeros.any() else None
        self._depth = self._measure()
        if np.isnan(self.threshold).any():
            raise ValueError("a threshold of a tree is not a number")

    @classmethod
    def grown(cls, trees: Sequence[Branches], zeros: Sequence[npt.NDArray[np.int8]] | None = None) -> Trees:
        """Put trees into breadth-first order; ``zeros`` as above, in each tree's own order."""
        orders = [_breadth_first(tree) for tree in trees]

        def joined(arrays: list[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
            return np.concatenate([array[order] for array, order in zip(arrays, orders, strict=True)])

        return cls(
            feature=joined([tree.feature for tree in trees]),  # type: ignore[arg-type]  # keeps its kind
            threshold=floor32(np.concatenate([t.threshold[o] for t, o in zip(trees, orders, strict=True)])),
            value=np.concatenate([tree.value[order] for tree, order in zip(trees, orders, strict=True)]),
            sizes=np.array([len(order) for order in orders]),
            zeros=None if zeros is None else joined(list(zeros)),  # type: ignore[arg-type]  # keeps its kind
        )

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def width(self) -> int:
        """How many features a row must have at least."""
        return int(self._looks_at.max()) + 1

    def sums(self, rows: Rows) -> Real:
        """(n,) the sum of what the trees' leaves say of each row."""
        sums = np.empty(len(rows))
        for start in range(0, len(rows), _BLOCK):
            block = slice(start, start + _BLOCK)
            # Added one after another, so that a row's sum does not depend on the rows beside it.
            sums[block] = np.add.accumulate(self.value.take(self._walk(rows[block])), axis=0)[-1]
        return sums

    def _walk(self, rows: Rows) -> Numbers:
        """(t, n) the leaf that each row reaches in each tree."""
        count = len(rows)
        columns, row = np.ascontiguousarray(rows.T).ravel(), np.arange(count)
        node = np.repeat(self._roots[:, None], count, axis=1)
        for _ in range(self._depth):
            place = self._looks_at.take(node)
            place *= count
            place += row
            seen = columns.take(place)
            rightwards = seen > self.threshold.take(node)
            if self._zeros is not None:
                sent = self._zeros.take(node)
                rightwards = np.where((sent != 0) & (seen == 0), sent > 0, rightwards)
            node = self._left.take(node)
            node += rightwards
        return node

    def _measure(self) -> int:
        """Steps from the roots to the deepest leaf."""
        level, depth = self._roots, 0
        while (inner := level[self.feature[level] >= 0]).size:
            level = np.concatenate([self._left[inner], self._left[inner] + 1])
            depth += 1
        return depth


def floor32(numbers: Real) -> Rows:
    """The largest float32 that is not above each number.

    A float32 is at most a float64 threshold just when it is at most this, so nothing is lost by it.
    """
    with np.errstate(over="ignore"):
        near = numbers.astype(np.float32)
        return np.where(near > numbers, np.nextafter(near, np.float32(-np.inf)), near)


def _children(inner: npt.NDArray[np.bool_], sizes: Numbers) -> Numbers:
    """(m,) number of each node's left child; of a leaf, its own number."""
    if not len(sizes) or sizes.min() < 1 or sizes.sum() != len(inner):
        raise ValueError("the sizes of the trees do not add up to their nodes")
    starts = np.cumsum(sizes) - sizes
    before: Numbers = np.cumsum(inner) - inner  # inner nodes before each node, in all trees
    within: Numbers = before - np.repeat(before[starts], sizes)
    if (1 + 2 * np.add.reduceat(inner, starts, dtype=np.intp) != sizes).any():
        raise ValueError("a tree has one leaf more than it has inner nodes")
    own = np.arange(len(inner))
    return np.where(inner, np.repeat(starts, sizes) + 1 + 2 * within, own)


def _breadth_first(tree: Branches) -> Numbers:
    """The tree's nodes, level by level."""
    levels = [np.zeros(1, dtype=np.intp)]
    while (inner := levels[-1][tree.feature[levels[-1]] >= 0]).size:
        levels.append(np.stack([tree.left[inner], tree.right[inner]], axis=1).ravel().astype(np.intp))
        if sum(map(len, levels)) > len(tree.feature):
            raise ValueError("the nodes of a tree go round in a circle")
    return np.concatenate(levels)

"""Reads LightGBM's text form of a model and scores it as LightGBM does.

Source: LightGBM 4, ``Tree::ToString`` and ``Tree::NumericalDecision``. Vectors are finite, so the way of
missing numbers is never taken; that of zeros, where a model was trained with ``zero_as_missing``, is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from detector.ensemble.trees import LEAF, Branches, Real, Rows, Trees
from detector.logistic import sigmoid

_CATEGORICAL = 1
_DEFAULT_LEFT = 2
_MISSING = 12
_MISSING_IS_ZERO = 4
_TINY = np.float32(1e-35)
_FIRST_TREE = "\nTree=0\n"
_END = "\nend of trees"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LightGBM:
    """``sigmoid(steepness * sum of the leaves' values)``."""

    trees: Trees
    steepness: float
    """LightGBM's ``sigmoid``."""
    text: str = field(repr=False)
    """What it was read from, which is what a bundle stores."""

    def fits(self, length: int) -> bool:
        """Whether its questions are about rows of so many numbers."""
        return self.trees.width <= length

    def probabilities(self, rows: Rows) -> Real:
        """(n,) the probability of each row (n, d)."""
        # LightGBM's predictor leaves out what is this small, as if the row were sparse.
        seen = np.where(np.abs(rows) <= _TINY, np.float32(0), rows)
        return sigmoid(self.steepness * self.trees.sums(seen))

    @classmethod
    def of(cls, text: str) -> LightGBM:
        """Read a model.

        Raises:
            ValueError: it is none, or of a kind that can't be scored here: only a binary objective with
                numerical splits and constant leaves can.
        """
        header, first, rest = text.partition(_FIRST_TREE)
        body, end, _ = rest.partition(_END)
        if not (first and end and header.startswith("tree\n")):
            raise ValueError("this is not LightGBM's text form of a model")
        read = [_read_tree(_pairs(block)) for block in body.split("\nTree=")]
        trees = Trees.grown([tree for tree, _ in read], [zeros for _, zeros in read])
        return cls(trees=trees, steepness=_steepness(header), text=text)


def _steepness(header: str) -> float:
    """The steepness of the logistic that the header's objective names."""
    facts = _pairs(header)
    objective = facts.get("objective", "").split()
    if "average_output" in header.split("\n") or facts.get("num_tree_per_iteration") != "1":
        raise ValueError("the model is not one sum of trees")
    if not objective or objective[0] != "binary":
        raise ValueError("the model's objective is not binary")
    named = dict(word.split(":", 1) for word in objective[1:] if ":" in word)
    return float(named.get("sigmoid", "1"))


def _pairs(block: str) -> dict[str, str]:
    """The ``name=value`` lines of a part of the text."""
    lines = (line.split("=", 1) for line in block.split("\n") if "=" in line)
    return {name: value for name, value in lines}  # noqa: C416 - the lines are lists of two


def _read_tree(facts: dict[str, str]) -> tuple[Branches, npt.NDArray[np.int8]]:
    """One tree, inner nodes first and leaves behind them, and where its inner nodes send zeros."""
    try:
        leaves, plain = int(facts["num_leaves"]), facts["num_cat"] == "0" and facts["is_linear"] == "0"
        value = _reals(facts["leaf_value"])
        kinds = _whole(facts.get("decision_type", ""))
        children = [_whole(facts.get(f"{side}_child", "")) for side in ("left", "right")]
        feature, threshold = _whole(facts.get("split_feature", "")), _reals(facts.get("threshold", ""))
    except KeyError as missing:
        raise ValueError(f"a tree of the model lacks {missing}") from None
    inner = leaves - 1
    if not plain or (kinds & _CATEGORICAL).any():
        raise ValueError("the model has categorical splits or linear leaves")
    if {len(kinds), len(feature), len(threshold), *map(len, children)} != {inner} or len(value) != leaves:
        raise ValueError("a tree of the model is incomplete")
    if feature.size and feature.min() < 0:
        raise ValueError("a tree of the model looks at no feature")
    left, right = (_numbered(child, inner, leaves) for child in children)
    tree = Branches(
        feature=np.concatenate([feature, np.full(leaves, LEAF)]),
        threshold=np.concatenate([threshold, np.zeros(leaves)]),
        left=left,
        right=right,
        value=np.concatenate([np.zeros(inner), value]),
    )
    return tree, np.concatenate([_zeros(kinds), np.zeros(leaves, dtype=np.int8)])


def _numbered(child: npt.NDArray[np.intp], inner: int, leaves: int) -> npt.NDArray[np.intp]:
    """Children as node numbers: LightGBM writes the complement of a leaf's number."""
    numbered = np.where(child < 0, inner + ~child, child)
    if numbered.size and (numbered.min() < 1 or numbered.max() >= inner + leaves):
        raise ValueError("a tree of the model leads to a node that it has not")
    return np.concatenate([numbered, np.zeros(leaves, dtype=np.intp)])


def _zeros(kinds: npt.NDArray[np.intp]) -> npt.NDArray[np.int8]:
    """Where nodes that take zero for missing send it."""
    sent = np.where(kinds & _DEFAULT_LEFT, -1, 1)
    return np.where(kinds & _MISSING == _MISSING_IS_ZERO, sent, 0).astype(np.int8)


def _whole(text: str) -> npt.NDArray[np.intp]:
    return np.array(text.split(), dtype=np.intp)


def _reals(text: str) -> Real:
    return np.array(text.split(), dtype=np.float64)

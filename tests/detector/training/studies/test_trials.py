"""No study judges a picture by a model that has seen its group."""

from __future__ import annotations

import numpy as np
import pytest

from detector.training.examples import Examples
from detector.training.studies.trials import Ranking, Trials
from tests.detector.training.studies.materials import RECIPE, material


class Watched(Trials):
    """Remembers what each fit has seen; its models answer with the number of their fit."""

    def __init__(self) -> None:
        super().__init__(RECIPE, lambda _: None)
        self.seen: list[set[int]] = []

    def fit(self, examples: Examples, what: str) -> Ranking:
        self.seen.append(set(examples.groups.tolist()))
        number = float(len(self.seen) - 1)
        return lambda rows: np.full(len(rows), number)


def test_out_of_fold_no_group_is_judged_by_a_model_that_saw_it() -> None:
    watched, examples = Watched(), material().examples
    scores = watched.out_of_fold(examples, watched.folds(examples), "test")
    for group, score in zip(examples.groups, scores, strict=True):
        assert group not in watched.seen[int(score)]


def test_transfer_learns_from_no_group_that_is_asked_about() -> None:
    """Group 19 is half learned and half asked: its learned half is left out."""
    watched, examples = Watched(), material().examples
    generated = np.flatnonzero(examples.labels)
    learn, ask = generated[:-6], generated[-6:]
    scores = watched.transferred(examples, learn=learn, ask=ask, what="test")
    assert scores is not None
    assert all(19 not in seen for seen in watched.seen)
    assert np.isnan(scores[learn]).all()
    assert scores[ask] == pytest.approx(np.mean(range(5)))
    human = np.flatnonzero(~examples.labels)
    for group, score in zip(examples.groups[human], scores[human], strict=True):
        assert group not in watched.seen[int(score)]


def test_transfer_from_nothing_is_none() -> None:
    examples = material().examples
    generated = np.flatnonzero(examples.labels)
    assert Watched().transferred(examples, learn=generated, ask=generated, what="test") is None

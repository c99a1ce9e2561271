"""Fits and judges for studies: nobody is judged by a model that has seen a picture of the same group."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from detector.evaluation.metrics import Scores, auc, auc_interval, group_interval
from detector.training.crossvalidation import Tell
from detector.training.examples import Examples
from detector.training.folds import FOLDS, Fold, Numbers, group_folds
from detector.training.members import fit_ranking
from detector.training.recipe import Recipe
from detector.training.studies.findings import Estimate
from detector.vector import Values

Ranking = Callable[[Values], Scores]


class Trials:
    """Counts its fits.

    Args:
        recipe: of every fit.
        tell: says what is being done.
    """

    def __init__(self, recipe: Recipe, tell: Tell) -> None:
        self.recipe = recipe
        self.fits = 0
        self._tell = tell

    def fit(self, examples: Examples, what: str) -> Ranking:
        """A model of all given examples."""
        self.fits += 1
        self._tell(f"fit {self.fits}: {what}, {len(examples)} pictures")
        return fit_ranking(examples, self.recipe)

    def folds(self, examples: Examples) -> tuple[Fold, ...]:
        """The folds of a study, the same for the same pictures."""
        return group_folds(examples.labels, examples.groups, seed=self.recipe.seed)

    def out_of_fold(self, examples: Examples, folds: Sequence[Fold], what: str) -> Scores:
        """(n,) of models that had not seen the picture's group."""
        scores = np.empty(len(examples))
        for fold in folds:
            scores[fold.test] = self.fit(examples.at(fold.train), what)(examples.rows[fold.test])
        return scores

    def transferred(self, examples: Examples, *, learn: Numbers, ask: Numbers, what: str) -> Scores | None:
        """Learn from some generated pictures and be asked about others, by people who are not known either.

        Human groups are split into folds. For each, a model learns from `learn` and from the people of the
        other folds; people are judged by the one that has not seen them, the asked ones by all, whose mean
        counts. Pictures of `learn` that share a group with `ask` are left out.

        Args:
            examples: all pictures.
            learn: places of generated pictures.
            ask: places of other generated pictures.
            what: is being tried.

        Returns:
            (n,) nan for the pictures that were not asked; None where nothing is left to learn from.
        """
        groups = examples.groups
        known = learn[~np.isin(groups[learn], groups[ask])]
        human = np.flatnonzero(~examples.labels)
        parts = _parted(np.unique(groups[human]), np.random.default_rng(self.recipe.seed))
        if not known.size or not ask.size or any(not part.size for part in parts):
            return None
        scores = np.full(len(examples), np.nan)
        scores[ask] = 0.0
        for part in parts:
            unseen = np.isin(groups[human], part)
            model = self.fit(examples.at(np.sort(np.concatenate([known, human[~unseen]]))), what)
            scores[human[unseen]] = model(examples.rows[human[unseen]])
            scores[ask] += model(examples.rows[ask]) / len(parts)
        return scores

    def area(self, examples: Examples, scores: Scores) -> Estimate:
        """AUC of the pictures that have a score."""
        asked = np.flatnonzero(~np.isnan(scores))
        labels, groups, told = examples.labels[asked], examples.groups[asked], scores[asked]
        return Estimate.of(auc(labels, told), auc_interval(labels, told, groups, self._rng()))

    def difference(self, examples: Examples, one: Scores, other: Scores) -> Estimate:
        """How many points of AUC `one` is above `other` on the same pictures; groups are drawn for both."""
        asked = np.flatnonzero(~np.isnan(one) & ~np.isnan(other))
        labels, groups = examples.labels[asked], examples.groups[asked]
        first, second = one[asked], other[asked]

        def points(drawn: Numbers) -> float:
            return 100 * (auc(labels[drawn], first[drawn]) - auc(labels[drawn], second[drawn]))

        return Estimate.of(points(np.arange(len(asked))), group_interval(points, groups, self._rng()))

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self.recipe.seed)


def _parted(names: Numbers, rng: np.random.Generator) -> list[Numbers]:
    """Groups dealt out to the folds."""
    return np.array_split(rng.permutation(names), min(FOLDS, max(2, len(names))))


def against_people(examples: Examples, scores: Scores, chosen: Numbers) -> Scores:
    """The scores of some generated pictures and of all people; nan for the others."""
    kept = np.full(len(scores), np.nan)
    kept[~examples.labels] = scores[~examples.labels]
    kept[chosen] = scores[chosen]
    return kept

"""What the ranking lives on: the gain of the trees' splits, and what is lost when numbers are shuffled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from detector.evaluation.metrics import Scores
from detector.training.crossvalidation import Tell
from detector.training.examples import Examples
from detector.training.folds import Fold, Numbers
from detector.training.members import fit_boosted
from detector.training.studies.findings import Cell, Column, Estimate, Findings, Table, Unit
from detector.training.studies.material import COMBINED, Material
from detector.training.studies.trials import Ranking, Trials

_REPEATS = 3
_SINGLE = 20
_BY_GROUP = (
    Column(key="group", heading="feature group", unit=Unit.TEXT),
    Column(key="numbers", heading="numbers", unit=Unit.COUNT),
    Column(key="gain", heading="share of the gain", unit=Unit.SHARE),
    Column(key="lost", heading="lost when shuffled", unit=Unit.POINTS),
)
_SINGLES = (
    Column(key="number", heading="number", unit=Unit.TEXT),
    Column(key="gain", heading="share of the gain", unit=Unit.SHARE),
)


def weigh_numbers(material: Material, tell: Tell) -> Findings:
    """Gain of boosted trees in each fold, and shuffling of whole groups of numbers in what was not seen."""
    trials = Trials(material.recipe, tell)
    examples = material.examples
    folds = trials.folds(examples)
    models = [trials.fit(examples.at(fold.train), "everything") for fold in folds]
    base = _asked(models, examples, folds, examples.rows)
    gain = _gain(material, folds, trials)
    kinds = {name: columns for name, columns in material.kinds.items() if name != COMBINED}
    tables = []
    for title, groups in (("Handcrafted and learned", kinds), ("By feature group", material.groups)):
        rows: list[dict[str, Cell]] = []
        for name, columns in groups.items():
            tell(f"shuffling {name}")
            shuffled = _shuffled(models, examples, folds, columns, material.recipe.seed)
            lost = trials.difference(examples, base, shuffled)
            share = Estimate.of(float(gain[columns].sum()))
            rows.append({"group": name, "numbers": len(columns), "gain": share, "lost": lost})
        tables.append(Table(title=title, columns=_BY_GROUP, rows=rows))
    tables.append(_singles(material.names, gain))
    return Findings(
        method=f"Out of fold by group. Gain: of the boosted trees' splits, summed over folds. Lost: points of"
        f" AUC after shuffling a group's numbers together among the unseen pictures, mean of {_REPEATS}.",
        fits=trials.fits,
        tables=tables,
    )


def gains_of(text: str, length: int) -> npt.NDArray[np.float64]:
    """(length,) summed gain of the splits on each number, from LightGBM's text form of a model."""
    gains = np.zeros(length)
    lines = text.splitlines()
    features = [line.partition("=")[2].split() for line in lines if line.startswith("split_feature=")]
    values = [line.partition("=")[2].split() for line in lines if line.startswith("split_gain=")]
    for where, what in zip(features, values, strict=True):
        np.add.at(gains, np.array(where, dtype=np.intp), np.array(what, dtype=np.float64))
    return gains


def _gain(material: Material, folds: Sequence[Fold], trials: Trials) -> npt.NDArray[np.float64]:
    """(d,) each number's share of the gain, over all folds."""
    length = len(material.names)
    total = sum(
        (gains_of(fit_boosted(material.examples.at(fold.train), trials.recipe), length) for fold in folds),
        start=np.zeros(length),
    )
    trials.fits += len(folds)
    return total / max(float(total.sum()), 1e-12)


def _asked(
    models: Sequence[Ranking], examples: Examples, folds: Sequence[Fold], rows: npt.NDArray[np.float32]
) -> Scores:
    scores = np.empty(len(examples))
    for model, fold in zip(models, folds, strict=True):
        scores[fold.test] = model(rows[fold.test])
    return scores


def _shuffled(
    models: Sequence[Ranking], examples: Examples, folds: Sequence[Fold], columns: Numbers, seed: int
) -> Scores:
    """Mean scores after shuffling some columns within each fold's unseen pictures."""
    rng = np.random.default_rng(seed)
    total = np.zeros(len(examples))
    for _ in range(_REPEATS):
        rows = examples.rows.copy()
        for fold in folds:
            order = rng.permutation(fold.test)
            rows[np.ix_(fold.test, columns)] = examples.rows[np.ix_(order, columns)]
        total += _asked(models, examples, folds, rows)
    return total / _REPEATS


def _singles(names: Sequence[str], gain: npt.NDArray[np.float64]) -> Table:
    order = np.argsort(-gain, kind="stable")[:_SINGLE]
    return Table(
        title=f"The {len(order)} numbers with the most gain",
        columns=_SINGLES,
        rows=[{"number": names[place], "gain": Estimate.of(float(gain[place]))} for place in order],
    )

"""Which numbers survive damage: handcrafted, learned and combined ones, learned clean and asked damaged."""

from __future__ import annotations

import numpy as np

from detector.evaluation.metrics import Scores
from detector.training.crossvalidation import Tell
from detector.training.delivered import Delivered
from detector.training.examples import Examples
from detector.training.folds import Fold
from detector.training.studies.findings import Cell, Column, Findings, Table, Unit
from detector.training.studies.material import Material
from detector.training.studies.trials import Ranking, Trials

_CLEAN = "clean"


def perturb(material: Material, tell: Tell) -> Findings:
    """One model a fold and kind of numbers, asked about its unseen pictures after each kind of damage."""
    trials = Trials(material.recipe, tell)
    everything = Delivered(places=np.arange(len(material.examples)), rows=material.examples.rows)
    rows: list[dict[str, Cell]] = [
        {"delivery": name, "pictures": len(delivered.places)}
        for name, delivered in _all(material, everything)
    ]
    for kind, numbers in material.kinds.items():
        examples = material.only(numbers)
        folds = trials.folds(examples)
        models = [trials.fit(examples.at(fold.train), kind) for fold in folds]
        for row, (_, delivered) in zip(rows, _all(material, everything), strict=True):
            part = Delivered(places=delivered.places, rows=np.ascontiguousarray(delivered.rows[:, numbers]))
            row[kind] = trials.area(examples, _asked(models, folds, examples, part))
    columns = [
        Column(key="delivery", heading="damage", unit=Unit.TEXT),
        Column(key="pictures", heading="pictures", unit=Unit.COUNT),
        *(Column(key=kind, heading=f"AUC, {kind}", unit=Unit.AUC) for kind in material.kinds),
    ]
    return Findings(
        method="Fitted on clean pictures of the other folds, asked about unseen groups as damaged.",
        fits=trials.fits,
        tables=[Table(title="After damage", columns=columns, rows=rows)],
        unanswered="" if material.deliveries else "No damaged pictures were measured.",
    )


def _all(material: Material, clean: Delivered) -> list[tuple[str, Delivered]]:
    return [(_CLEAN, clean), *material.deliveries.items()]


def _asked(models: list[Ranking], folds: tuple[Fold, ...], examples: Examples, part: Delivered) -> Scores:
    """(n,) scores of the delivered pictures, each by the model that has not seen it; nan for the others."""
    scores = np.full(len(examples), np.nan)
    for model, fold in zip(models, folds, strict=True):
        mine = np.isin(part.places, fold.test)
        if mine.any():
            scores[part.places[mine]] = model(np.ascontiguousarray(part.rows[mine]))
    return scores

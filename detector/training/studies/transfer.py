"""Domain transfer: how far what was learned from photographs carries to art, and back."""

from __future__ import annotations

import numpy as np

from detector.evaluation.metrics import Labels
from detector.training.crossvalidation import Tell
from detector.training.studies.findings import Cell, Column, Findings, Table, Unit
from detector.training.studies.material import Material
from detector.training.studies.trials import Trials

PHOTO = "photo"
"""The domain that is not art."""
_COLUMNS = (
    Column(key="learned", heading="learned from", unit=Unit.TEXT),
    Column(key="asked", heading="asked about", unit=Unit.TEXT),
    Column(key="pictures", heading="learned from, pictures", unit=Unit.COUNT),
    Column(key="auc", heading="AUC", unit=Unit.AUC),
    Column(key="both", heading="AUC after both kinds", unit=Unit.AUC),
    Column(key="cost", heading="change", unit=Unit.POINTS),
)


def change_domains(material: Material, tell: Tell) -> Findings:
    """Learn from photographs and be asked about everything else, and the other way round."""
    trials = Trials(material.recipe, tell)
    examples = material.examples
    photo = material.domains == PHOTO
    sides = {"photo": np.flatnonzero(photo), "art": np.flatnonzero(~photo)}
    if any(len(np.unique(examples.labels[places])) < 2 for places in sides.values()):
        return Findings(method="", fits=0, unanswered="Needs pictures of both makers in photo and elsewhere.")
    folds = trials.folds(examples)
    within = trials.out_of_fold(examples, folds, "both kinds")
    rows: list[dict[str, Cell]] = []
    for learned, asked in (("photo", "art"), ("art", "photo")):
        scores, both = np.full(len(examples), np.nan), np.full(len(examples), np.nan)
        for fold in folds:
            known = np.intersect1d(fold.train, sides[learned])
            unseen = np.intersect1d(fold.test, sides[asked])
            if _has_both(examples.labels[known]) and unseen.size:
                model = trials.fit(examples.at(known), f"{learned} alone")
                scores[unseen], both[unseen] = model(examples.rows[unseen]), within[unseen]
        row: dict[str, Cell] = {"learned": learned, "asked": asked, "pictures": len(sides[learned])}
        areas = {"auc": trials.area(examples, scores), "both": trials.area(examples, both)}
        rows.append({**row, **areas, "cost": trials.difference(examples, scores, both)})
    return Findings(
        method="In folds by group: learned from one kind alone, and beside it from both kinds.",
        fits=trials.fits,
        tables=[Table(title="Photographs and art", columns=_COLUMNS, rows=rows)],
    )


def _has_both(labels: Labels) -> bool:
    return bool(labels.any() and not labels.all())

"""What each feature group is worth: leave it out, or put an optional one in, and rank again."""

from __future__ import annotations

import numpy as np

from detector.training.crossvalidation import Tell
from detector.training.examples import Examples
from detector.training.studies.findings import Cell, Column, Findings, Table, Unit
from detector.training.studies.material import Material
from detector.training.studies.trials import Trials

_COLUMNS = (
    Column(key="group", heading="feature group", unit=Unit.TEXT),
    Column(key="numbers", heading="numbers", unit=Unit.COUNT),
    Column(key="auc", heading="AUC", unit=Unit.AUC),
    Column(key="change", heading="change", unit=Unit.POINTS),
)


def ablate_groups(material: Material, tell: Tell) -> Findings:
    """The same folds with one group of numbers less, or more, at a time."""
    trials = Trials(material.recipe, tell)
    whole = material.examples
    folds = trials.folds(whole)
    base = trials.out_of_fold(whole, folds, "everything")
    rows: list[dict[str, Cell]] = [
        {"group": "everything", "numbers": len(material.names), "auc": trials.area(whole, base), "change": ""}
    ]
    for name, (count, examples) in _variants(material).items():
        scores = trials.out_of_fold(examples, folds, name)
        rows.append(
            {
                "group": name,
                "numbers": count,
                "auc": trials.area(examples, scores),
                "change": trials.difference(examples, scores, base),
            }
        )
    table = Table(
        title="One group at a time",
        columns=_COLUMNS,
        rows=rows,
        note="Left out: a change below zero says that the group helps. Put in: one above zero does."
        " An interval that holds zero says neither, and of twenty intervals one misses the truth.",
    )
    return Findings(
        method="Out of fold by group; the change is in points of AUC against the same folds with everything.",
        fits=trials.fits,
        tables=[table],
    )


def _variants(material: Material) -> dict[str, tuple[int, Examples]]:
    """How many numbers are left out or put in, and the pictures without or with them."""
    everything = np.arange(material.examples.rows.shape[1])
    found = {
        f"without {name}": (len(columns), material.only(np.setdiff1d(everything, columns)))
        for name, columns in material.groups.items()
        if len(columns) < len(everything)
    }
    if material.optional is not None:
        for name, columns in material.optional.groups.items():
            further = material.optional.rows[:, columns]
            found[f"with {name}"] = (len(columns), material.besides(further))
    return found

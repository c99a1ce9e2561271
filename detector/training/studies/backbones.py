"""Backbone bias: which generators one embedding finds and another does not."""

from __future__ import annotations

import numpy as np

from detector.training.crossvalidation import Tell
from detector.training.studies.findings import Cell, Column, Findings, Table, Unit
from detector.training.studies.generators import told_apart
from detector.training.studies.material import Further, Material
from detector.training.studies.trials import Trials, against_people

_COLUMNS = (
    Column(key="generator", heading="generator", unit=Unit.TEXT),
    Column(key="pictures", heading="pictures", unit=Unit.COUNT),
    Column(key="handcrafted", heading="AUC, handcrafted", unit=Unit.AUC),
    Column(key="own", heading="AUC, this embedding", unit=Unit.AUC),
    Column(key="other", heading="AUC, the other one", unit=Unit.AUC),
    Column(key="difference", heading="this above the other", unit=Unit.POINTS),
)


def compare_backbones(material: Material, tell: Tell) -> Findings:
    """The same folds with handcrafted numbers, with this embedding, and with another one."""
    if material.backbone is None or not len(material.learned):
        needs = "Needs a bundle with an embedding, and --second-backbone for the other one."
        return Findings(method="", fits=0, unanswered=needs)
    trials = Trials(material.recipe, tell)
    whole = material.examples
    tried = {
        "handcrafted": material.only(material.handcrafted),
        "own": material.only(material.learned),
        "other": material.instead(material.backbone),
    }
    folds = trials.folds(whole)
    scores = {name: trials.out_of_fold(examples, folds, name) for name, examples in tried.items()}
    rows: list[dict[str, Cell]] = []
    for name, places in {"all": np.flatnonzero(whole.labels), **told_apart(material)}.items():
        seen = {kind: against_people(whole, told, places) for kind, told in scores.items()}
        areas = {kind: trials.area(whole, told) for kind, told in seen.items()}
        apart = trials.difference(whole, seen["own"], seen["other"])
        rows.append({"generator": name, "pictures": len(places), **areas, "difference": apart})
    return Findings(
        method="Out of fold by group; each generator's pictures against all people's.",
        fits=trials.fits,
        tables=[_table(material.backbone, rows)],
    )


def _table(other: Further, rows: list[dict[str, Cell]]) -> Table:
    return Table(
        title=f"This embedding and {other.name}, by generator",
        columns=_COLUMNS,
        rows=rows,
        note="A generator that was built with a backbone may be found by it more easily: compare its row with"
        " those of generators that were not.",
    )

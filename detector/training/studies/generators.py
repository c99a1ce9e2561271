"""Generators one at a time, left out of learning: how well what nobody has learned from is found."""

from __future__ import annotations

import numpy as np

from detector.training.crossvalidation import Tell
from detector.training.folds import Numbers
from detector.training.studies.findings import Cell, Column, Estimate, Findings, Table, Unit
from detector.training.studies.material import Material
from detector.training.studies.trials import Trials
from detector.warranty import FEW

FEWEST = 10
"""Pictures of a generator below which it is not told apart."""
_COLUMNS = (
    Column(key="generator", heading="generator", unit=Unit.TEXT),
    Column(key="pictures", heading="pictures", unit=Unit.COUNT),
    Column(key="auc", heading="AUC", unit=Unit.AUC),
)


def told_apart(material: Material) -> dict[str, Numbers]:
    """Places of the pictures of each generator that has enough of them, by name."""
    generated = material.examples.labels
    names, counts = np.unique(material.generators[generated], return_counts=True)
    return {
        str(name): np.flatnonzero(generated & (material.generators == name))
        for name, count in zip(names, counts, strict=True)
        if name and count >= FEWEST
    }


def leave_generators_out(material: Material, tell: Tell) -> Findings:
    """Learn from all other generators, and from no group that has a picture of this one."""
    trials = Trials(material.recipe, tell)
    examples = material.examples
    generated = np.flatnonzero(examples.labels)
    found: list[tuple[float, dict[str, Cell]]] = []
    for name, places in told_apart(material).items():
        others = np.setdiff1d(generated, places)
        scores = trials.transferred(examples, learn=others, ask=places, what=f"without {name}")
        if scores is not None:
            area: Estimate = trials.area(examples, scores)
            found.append((area.value or 0.0, {"generator": name, "pictures": len(places), "auc": area}))
    table = Table(
        title="One generator left out at a time, the hardest first",
        columns=_COLUMNS,
        rows=[row for _, row in sorted(found, key=lambda pair: pair[0])],
        note=f"Fewer than {FEW} pictures are directional; generators with fewer than {FEWEST}"
        " are not told apart.",
    )
    return Findings(
        method="Against people's pictures of unseen groups; the generator's own groups are left out whole.",
        fits=trials.fits,
        tables=[table] if found else [],
        unanswered="" if found else f"Needs a column generator that names one {FEWEST} times or more.",
    )

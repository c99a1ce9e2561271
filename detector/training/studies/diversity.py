"""Generator diversity: learn from few generators, then from more, and be asked about others."""

from __future__ import annotations

import numpy as np

from detector.training.crossvalidation import Tell
from detector.training.studies.findings import Cell, Column, Findings, Table, Unit
from detector.training.studies.generators import FEWEST, told_apart
from detector.training.studies.material import Material
from detector.training.studies.trials import Trials

_COLUMNS = (
    Column(key="generators", heading="generators", unit=Unit.COUNT),
    Column(key="learned", heading="pictures of them", unit=Unit.COUNT),
    Column(key="asked", heading="asked about", unit=Unit.COUNT),
    Column(key="auc", heading="AUC on the rest", unit=Unit.AUC),
)


def diversify(material: Material, tell: Tell) -> Findings:
    """Learn from 1, 2, 4 ... generators, drawn by seed, and be asked about the rest."""
    trials = Trials(material.recipe, tell)
    examples = material.examples
    apart = told_apart(material)
    order = np.random.default_rng(material.recipe.seed).permutation(sorted(apart))
    asked, offered = order[: len(order) // 2], order[len(order) // 2 :]
    rows: list[dict[str, Cell]] = []
    for count in _doubling(len(offered)) if len(asked) else []:
        learn = np.concatenate([apart[name] for name in offered[:count]])
        ask = np.concatenate([apart[name] for name in asked])
        scores = trials.transferred(examples, learn=learn, ask=ask, what=f"{count} generators")
        if scores is not None:
            area = trials.area(examples, scores)
            rows.append({"generators": count, "learned": len(learn), "asked": len(ask), "auc": area})
    table = Table(
        title="More generators to learn from",
        columns=_COLUMNS,
        rows=rows,
        note="More generators also mean more pictures: both grow together, as they do in practice.",
    )
    if not rows:
        needed = f"Needs two generators or more of {FEWEST} pictures each that share no group."
        return Findings(method="", fits=trials.fits, tables=[], unanswered=needed)
    return Findings(
        method=f"Half of the generators ({', '.join(sorted(asked))}) are only asked about. Of the others,"
        " in an order drawn by the seed, the first 1, 2, 4 and so on are learned from.",
        fits=trials.fits,
        tables=[table],
    )


def _doubling(most: int) -> list[int]:
    """1, 2, 4 and so on up to the most, which is always there."""
    return sorted({*(2**power for power in range(most.bit_length())), most} - {0})

"""Time: learn from older generated pictures, and be asked about newer ones."""

from __future__ import annotations

import re

import numpy as np

from detector.evaluation.metrics import Labels
from detector.training.crossvalidation import Tell
from detector.training.folds import Numbers
from detector.training.studies.findings import Cell, Column, Findings, Table, Unit
from detector.training.studies.material import Material, Names
from detector.training.studies.trials import Trials

_FEWEST = 30
_YEAR = re.compile(r"\d{4}")
_COLUMNS = (
    Column(key="year", heading="learned up to", unit=Unit.TEXT),
    Column(key="older", heading="older pictures", unit=Unit.COUNT),
    Column(key="newer", heading="newer pictures", unit=Unit.COUNT),
    Column(key="auc", heading="AUC", unit=Unit.AUC),
)


def grow_older(material: Material, tell: Tell) -> Findings:
    """Learn from generated pictures up to a year, and be asked about later ones."""
    trials = Trials(material.recipe, tell)
    examples = material.examples
    rows: list[dict[str, Cell]] = []
    for year, (older, newer) in _cuts(examples.labels, _years(material.dates)).items():
        scores = trials.transferred(examples, learn=older, ask=newer, what=f"up to {year}")
        if scores is not None:
            area = trials.area(examples, scores)
            rows.append({"year": str(year), "older": len(older), "newer": len(newer), "auc": area})
    table = Table(title="Older pictures learned, newer ones asked", columns=_COLUMNS, rows=rows)
    needs = f"Needs a column first_published with {_FEWEST} generated pictures up to some year and after it."
    return Findings(
        method="Generated pictures by the year in which they were first published, at the latest; people's of"
        " unseen groups. Of a group that has newer pictures none is learned from.",
        fits=trials.fits,
        tables=[table] if rows else [],
        unanswered="" if rows else needs,
    )


def _years(dates: Names) -> Numbers:
    """(n,) the first year that each date names; 0 where it names none."""
    found = (_YEAR.search(str(date)) for date in dates)
    return np.array([int(match.group()) if match else 0 for match in found])


def _cuts(labels: Labels, years: Numbers) -> dict[int, tuple[Numbers, Numbers]]:
    """Places of older and of newer generated pictures, by the last year of the older ones."""
    dated = labels & (years > 0)
    found = {}
    for year in np.unique(years[dated]):
        older, newer = np.flatnonzero(dated & (years <= year)), np.flatnonzero(dated & (years > year))
        if min(len(older), len(newer)) >= _FEWEST:
            found[int(year)] = (older, newer)
    return found

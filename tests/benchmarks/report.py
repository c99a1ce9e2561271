"""Figures by name: as a table for people, as JSON for the guard against regressions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from tests.benchmarks.machine import describe

Figures: TypeAlias = dict[str, float]
"""Figures by name; ``family.member`` stands in the file as one of a family."""

_RATIOS = ("_speedup", "_ratio")
_FLOOR = 0.8


def write(figures: Mapping[str, float], path: Path) -> None:
    """Write the figures with the machine's description; figures of other stages in the file stay.

    Those that were taken on another machine, or with other libraries, don't.
    """
    machine = describe()
    report = json.loads(path.read_text()) if path.exists() else {}
    if report.get("machine") != machine:
        report = {"machine": machine}
    for name, figure in figures.items():
        family, _, member = name.partition(".")
        if member:
            report.setdefault(family, {})[member] = figure
        else:
            report[name] = figure
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")


def fallen(figures: Mapping[str, float], reference: Mapping[str, float]) -> list[str]:
    """A line for each ratio that lies more than a fifth below its reference.

    Only ratios are compared: they were taken against a baseline in the same run, so they hold elsewhere too.
    """
    ratios = [name for name in figures if name.endswith(_RATIOS) and name in reference]
    return [
        f"{name} fell from {reference[name]:.3g} to {figures[name]:.3g}"
        for name in ratios
        if figures[name] < _FLOOR * reference[name]
    ]


def table(figures: Mapping[str, float]) -> str:
    """One figure a line, four digits."""
    width = max(map(len, figures), default=0)
    return "\n".join(f"{name:{width}}  {value:>12.4g}" for name, value in figures.items())

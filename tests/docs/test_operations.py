"""What docs/operations.md says of metrics is what a scrape gives."""

from __future__ import annotations

import re
from pathlib import Path

from tests.worker.monitoring.catalogue import registry_of_all
from worker.monitoring.telling import ChildEnd, ScanOutcome

PAGE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
ROWS = [row for row in PAGE.splitlines() if row.startswith("| `artgate_")]


def words(cell: str) -> set[str]:
    """What stands in a cell as code."""
    return set(re.findall(r"`([a-z_]+)`", cell))


def test_every_metric_is_in_the_table_with_its_labels() -> None:
    told = {name: words(row.split("|")[2]) for row in ROWS for name in words(row.split("|")[1])}
    registry = registry_of_all()
    known = {
        next((name for name in names if name.endswith("_total")), names[0]): collector
        for collector, names in registry._collector_to_names.items()
        if any(name.startswith("artgate_") for name in names)
    }
    assert set(told) == set(known)
    for name, collector in known.items():
        labels = set(getattr(collector, "_labelnames", ()))
        assert labels <= told[name], name


def test_outcomes_and_causes_are_all_named() -> None:
    page = words("\n".join(ROWS))
    assert {*ScanOutcome, *ChildEnd} <= page

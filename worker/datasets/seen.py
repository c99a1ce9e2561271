"""What the rows of a source looked like: for saying what is wrong where none of them could be used."""

from __future__ import annotations

from collections import Counter, defaultdict

from detector.reasons import Reason, Rejected
from worker.datasets.fields import Columns, LabelColumn
from worker.datasets.sources import Source

_VALUES = 6
"""Different values of a column that are remembered."""
_LONGEST = 40
_ENOUGH = 200
"""Wanted rows of which none has a known label: the manifest spells them otherwise."""


class Seen:
    """Counts of the rows of one source, and the first values of the columns that decide on them."""

    def __init__(self, source: Source) -> None:
        """Begin with nothing seen."""
        self._name = source.name
        asked = [condition.column for condition in source.where]
        self._columns = asked + ([source.label.column] if isinstance(source.label, LabelColumn) else [])
        self._values: dict[str, dict[str, None]] = defaultdict(dict)
        self._rows = 0
        self._refused: Counter[str] = Counter()

    def row(self, columns: Columns) -> None:
        """Note a row."""
        self._rows += 1
        for column in self._columns:
            values = self._values[column]
            if len(values) < _VALUES and column in columns:
                values[str(columns[column])[:_LONGEST]] = None

    def refused(self, reason: Reason) -> None:
        """Note that a wanted row gave no picture.

        Raises:
            Rejected: ``dataset_invalid``: so many had no known label that none will.
        """
        self._refused[reason] += 1
        if self._refused[Reason.LABEL_UNKNOWN] == _ENOUGH == self._refused.total():
            raise self.fruitless()

    def fruitless(self) -> Rejected:
        """The error for a source that gives nothing."""
        reasons = ", ".join(f"{count} x {reason}" for reason, count in self._refused.items())
        values = "; ".join(
            f"the column {column} has {', '.join(map(repr, values))}"
            for column, values in self._values.items()
        )
        told = "; ".join(part for part in (reasons, values) if part)
        return Rejected(
            Reason.DATASET_INVALID,
            f"source {self._name}: none of {self._rows} rows gave a picture{f' ({told})' if told else ''}; "
            "correct its `where`, `label` or `part`, or do without it",
        )

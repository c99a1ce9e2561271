"""What a study found, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np


class Unit(StrEnum):
    """How a column's numbers are read."""

    AUC = "auc"
    POINTS = "points"
    """Hundredths of the AUC: a difference."""
    SHARE = "share"
    COUNT = "count"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its 95 % interval; None where it can't be told."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, value: float, interval: tuple[float, float] = (float("nan"), float("nan"))) -> Estimate:
        """With four decimals; nan becomes None."""
        return cls(value=_told(value), low=_told(interval[0]), high=_told(interval[1]))


def _told(number: float) -> float | None:
    return None if np.isnan(number) else round(float(number), 4)


Cell: TypeAlias = Estimate | int | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table."""

    key: str
    heading: str
    unit: Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows with a cell for each column."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[dict[str, Cell]]
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Estimates as value, low and high."""
        return {
            "title": self.title,
            "note": self.note,
            "columns": [asdict(column) for column in self.columns],
            "rows": [
                {key: asdict(cell) if isinstance(cell, Estimate) else cell for key, cell in row.items()}
                for row in self.rows
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The answer to a study's question, or why these pictures can't give one."""

    method: str
    fits: int
    """Models that were fitted."""
    tables: Sequence[Table] = field(default=())
    unanswered: str = ""

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "method": self.method,
            "fits": self.fits,
            "tables": [table.as_json() for table in self.tables],
            "unanswered": self.unanswered,
        }

"""Where a source lies, and in which order its rows are tried."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from detector.reasons import Reason, Rejected
from worker.datasets.sources import CsvSource, FolderSource, ParquetSource, SourceBase

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a reader needs to know besides the source."""

    ground: Path
    """Where relative paths start."""
    seed: int
    """Draws the order of shuffled sources."""
    max_bytes: int
    """Largest file that is read or fetched."""

    def path_of(self, source: FolderSource | CsvSource | ParquetSource) -> Path:
        """The file or folder of a source.

        Raises:
            Rejected: ``dataset_invalid``: it is not there.
        """
        path = self.ground / source.path
        if path.exists():
            return path
        hint = source.obtain or "correct its path, or name the folder where relative paths start with --root"
        raise Rejected(Reason.DATASET_INVALID, f"source {source.name}: {path} is not there; {hint}")

    def ordered(self, source: SourceBase, rows: Iterable[Row], key: Callable[[Row], str]) -> Iterable[Row]:
        """Rows in the source's order: their own, or by a hash of seed and key."""
        if source.order == "given":
            return rows
        return sorted(rows, key=lambda row: hashlib.sha256(f"{self.seed}/{key(row)}".encode()).digest())

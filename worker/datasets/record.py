"""What reading a source gives: rows, and marks between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from worker.datasets.fields import Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row of a source, before its picture is fetched."""

    key: str
    """What names the row within its source, each time that it is read."""
    columns: Columns
    """What the row says besides the picture."""
    fetch: Callable[[], bytes]
    """The picture file's bytes; raises Rejected where this one can't be had, and Transient or Fault where
    none can."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Everything before this has been given: reading may begin here another time."""

    place: str
    """As the source's reader understands it."""

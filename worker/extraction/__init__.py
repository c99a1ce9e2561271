"""Measures many pictures for training and evaluation, on all cores, and remembers what it measured.

::

    Extraction (extraction)     hashes each file, asks the store, gives results in order
        │        └── Store (store)          SQLite: what is known of (picture, delivery, way of measuring)
        └── work_on (children)              hands files out, replaces a process that died
               └── child                    decodes, delivers, measures: one thread, one picture at a time

It may be killed at any moment: what was measured stays, and only what was in flight is measured again. The
processes begin with this package, so nothing numeric is imported here before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from worker.extraction.order import MeasuringOrder
from worker.extraction.wanted import Wanted

if TYPE_CHECKING:
    from worker.extraction.extraction import Extraction

__all__ = ["Extraction", "MeasuringOrder", "Wanted"]


def __getattr__(name: str) -> Any:
    if name == "Extraction":
        from worker.extraction import extraction  # noqa: PLC0415 - loads the numeric libraries

        return extraction.Extraction
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

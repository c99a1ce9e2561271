"""Rows of sources, one module for each kind."""

from __future__ import annotations

from collections.abc import Iterator

from worker.datasets.reading import csv_file, folder, hub, images_api, parquet
from worker.datasets.reading.place import Place
from worker.datasets.record import Bookmark, Record
from worker.datasets.sources import CsvSource, FolderSource, HubSource, ParquetSource, Source

__all__ = ["Place", "read"]


def read(source: Source, place: Place, start: str | None = None) -> Iterator[Record | Bookmark]:
    """The rows of a source, in the order in which they are to be tried.

    Args:
        source: what is read.
        place: where relative paths start, and what bounds a file.
        start: the last bookmark of an earlier reading.

    Raises:
        Rejected: ``dataset_invalid``: what the source names is not there or not of its kind.
        Fault, Transient: ``dataset_unavailable``: it can't be had here, or now.
    """
    match source:
        case FolderSource():
            return folder.read(source, place)
        case CsvSource():
            return csv_file.read(source, place)
        case ParquetSource():
            return parquet.read(source, place)
        case HubSource():
            return hub.read(source, place, start)
        case _:
            return images_api.read(source, place, start)

"""A CSV manifest and the files that it lists."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import partial

from detector.reasons import Reason, Rejected
from worker.datasets.fields import MissingColumnError, look_up
from worker.datasets.reading.place import Place
from worker.datasets.record import Record
from worker.datasets.sources import CsvSource
from worker.files import read_file


def read(source: CsvSource, place: Place) -> Iterator[Record]:
    """The rows of the file, in its order.

    Raises:
        Rejected: ``dataset_invalid``: the file can't be read, or lacks the column with the paths.
    """
    path = place.path_of(source)
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Rejected(
            Reason.DATASET_INVALID,
            f"source {source.name}: {path} can't be read ({type(error).__name__}); name a CSV file in UTF-8",
        ) from error
    for row in place.ordered(source, rows, lambda row: str(row.get(source.picture))):
        name = _name(source, row)
        yield Record(
            key=name,
            columns={column: value for column, value in row.items() if column is not None},
            fetch=partial(read_file, path.parent / name, max_bytes=place.max_bytes),
        )


def _name(source: CsvSource, row: Mapping[str, object]) -> str:
    try:
        return str(look_up(source.picture, row) or "")
    except MissingColumnError as error:
        raise Rejected(Reason.DATASET_INVALID, f"source {source.name}: picture: {error}") from None

"""Parquet files with embedded images: bytes, or the structure of bytes and path that the hub writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from detector.reasons import Reason, Rejected
from worker.datasets.fields import MissingColumnError
from worker.datasets.reading.libraries import library
from worker.datasets.reading.place import Place
from worker.datasets.record import Record
from worker.datasets.sources import ParquetSource

_HUB_NOTES = b"huggingface"


def read(source: ParquetSource, place: Place) -> Iterator[Record]:
    """The rows of every file, in the order of names; where they are shuffled, row groups and rows in each.

    Only the row group at hand is in memory.

    Raises:
        Rejected: ``dataset_invalid``: there is no such file or column.
        Fault: ``dataset_unavailable``: the extra is not installed.
    """
    pq = library("pyarrow.parquet", source.name)
    path = place.path_of(source)
    files = sorted(path.glob("**/*.parquet")) if path.is_dir() else [path]
    if not files:
        raise _invalid(source, f"{path} has no file that ends in .parquet; name another folder")
    groups = [(file, number) for file in files for number in range(_opened(pq, file, source).num_row_groups)]
    for file, number in place.ordered(source, groups, lambda group: f"{group[0].name}/{group[1]}"):
        yield from _row_group(_opened(pq, file, source), file.name, number, source, place)


def _opened(pq: Any, file: Path, source: ParquetSource) -> Any:
    try:
        return pq.ParquetFile(file)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        raise _invalid(
            source, f"{file} is no parquet file ({type(error).__name__}); bring it again"
        ) from error


def _row_group(file: Any, name: str, number: int, source: ParquetSource, place: Place) -> Iterator[Record]:
    columns = file.schema_arrow.names
    if source.picture not in columns:
        raise _invalid(source, f"picture: {MissingColumnError(source.picture, columns)}")
    classes = _classes(file.schema_arrow.metadata or {})
    pictures = _picture_columns(file.schema_arrow)
    told = [column for column in columns if column not in pictures]
    rows = file.read_row_group(number, columns=told).to_pylist()
    if not told:
        rows = [{} for _ in range(file.metadata.row_group(number).num_rows)]
    bytes_of = _Pictures(file, number, source.picture)
    keys = range(len(rows))
    for row in place.ordered(source, keys, lambda key: f"{name}/{number}/{key}"):
        yield Record(
            key=f"{name}/{number}/{row}",
            columns=named(rows[row], classes),
            fetch=partial(bytes_of, row),
        )


def named(row: Mapping[str, Any], classes: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """A row with its classes by name; the number of each is in a column of that name and ``#``."""
    found: dict[str, object] = dict(row)
    for column, names in classes.items():
        value = row.get(column)
        if isinstance(value, int):
            found[f"{column}#"] = value
            found[column] = names[value] if 0 <= value < len(names) else value
    return found


class _Pictures:
    """The images of a row group, read when the first is asked for."""

    def __init__(self, file: Any, number: int, column: str) -> None:
        self._file = file
        self._number = number
        self._column = column
        self._read: Any = None

    def __call__(self, row: int) -> bytes:
        """The bytes of one row's image."""
        if self._read is None:
            self._read = self._file.read_row_group(self._number, columns=[self._column]).column(self._column)
        value = self._read[row].as_py()
        data = value.get("bytes") if isinstance(value, dict) else value
        if not isinstance(data, bytes):
            raise Rejected(Reason.EMPTY, "The row has no bytes of a picture; leave it out.")
        return data


def _picture_columns(schema: Any) -> set[str]:
    """Columns that hold images, which no rule asks and no row should carry along."""
    kinds = {field.name: str(field.type) for field in schema}
    return {name for name, kind in kinds.items() if "binary" in kind}


def _classes(metadata: Mapping[bytes, bytes]) -> dict[str, list[str]]:
    """Names of the classes of each column, where the hub's notes in the file tell them."""
    try:
        features = json.loads(metadata.get(_HUB_NOTES, b"{}"))["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}
    return {
        column: list(feature["names"])
        for column, feature in features.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and "names" in feature
    }


def _invalid(source: ParquetSource, what: str) -> Rejected:
    return Rejected(Reason.DATASET_INVALID, f"source {source.name}: {what}")

"""A data set of the Hugging Face hub, streamed row by row; or a local folder that is laid out like one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from detector.reasons import ArtgateError, Reason, Rejected, Transient
from worker.datasets.fields import MissingColumnError
from worker.datasets.reading.libraries import library
from worker.datasets.reading.parquet import named
from worker.datasets.reading.place import Place
from worker.datasets.record import Bookmark, Record
from worker.datasets.sources import HubSource

_ANSWER_SECONDS = 5.0
_ROWS_BETWEEN_BOOKMARKS = 100
_SHUFFLED_AT_ONCE = 1000
"""Rows that the library holds, to draw the next from; the files' order is drawn as well."""
_LONGEST_COMPLAINT = 300


def read(source: HubSource, place: Place, start: str | None = None) -> Iterator[Record | Bookmark]:
    """The rows of the data set, with a bookmark after every hundred.

    Raises:
        Rejected: ``dataset_invalid``: there is no such data set, configuration, split or column.
        Fault: ``dataset_unavailable``: the extra is not installed.
        Transient: ``dataset_unavailable``: the hub can't be reached.
    """
    datasets = library("datasets", source.name)
    rows = _opened(datasets, source, place)
    columns = list(rows.column_names or ())
    if source.picture not in columns:
        raise _invalid(source, f"picture: {MissingColumnError(source.picture, columns)}")
    rows, classes, pictures = _prepared(datasets, rows, source, place)
    first = int(start or 0)
    with _outside(source):
        for number, row in enumerate(rows.skip(first) if first else rows, first):
            if number > first and number % _ROWS_BETWEEN_BOOKMARKS == 0:
                yield Bookmark(str(number))
            told = {column: value for column, value in row.items() if column not in pictures}
            yield Record(
                key=str(number),
                columns=named(told, classes),
                fetch=partial(_bytes_of, row[source.picture], source.name),
            )


def _opened(datasets: Any, source: HubSource, place: Place) -> Any:
    datasets.disable_progress_bars()
    datasets.logging.set_verbosity_error()
    name = _local(source, place)
    if name is None:
        _expect_answer(source)
    with _outside(source):
        return datasets.load_dataset(
            source.dataset if name is None else str(name),
            source.config,
            split=source.hub_split,
            revision=source.revision,
            data_files=None if source.files is None else list(source.files),
            streaming=True,
        )


def _prepared(
    datasets: Any, rows: Any, source: HubSource, place: Place
) -> tuple[Any, dict[str, list[str]], set[str]]:
    """Rows with undecoded images in the source's order; the names of classes; the columns with images."""
    features: Mapping[str, Any] = rows.features or {}
    pictures = {column for column, kind in features.items() if isinstance(kind, datasets.Image)}
    for column in pictures:
        rows = rows.cast_column(column, datasets.Image(decode=False))
    classes = {
        column: list(kind.names) for column, kind in features.items() if isinstance(kind, datasets.ClassLabel)
    }
    if source.order == "shuffled":
        rows = rows.shuffle(seed=place.seed, buffer_size=_SHUFFLED_AT_ONCE)
    return rows, classes, pictures | {source.picture}


def _local(source: HubSource, place: Place) -> Path | None:
    """The local folder that is meant, or None where it is a name of the hub."""
    if not source.dataset.startswith((".", "/")):
        return None
    path = place.ground / source.dataset
    if not path.is_dir():
        raise _invalid(source, f"{path} is no folder; correct `dataset`, or name the root with --root")
    return path


def _expect_answer(source: HubSource) -> None:
    """Learn within seconds that there is no network; the library tries for half a minute."""
    from huggingface_hub import constants  # noqa: PLC0415 - comes with the extra

    try:
        httpx.head(constants.ENDPOINT, timeout=_ANSWER_SECONDS)
    except httpx.HTTPError as error:
        raise _unavailable(source, f"the hub does not answer ({type(error).__name__})") from None


def _bytes_of(value: object, name: str) -> bytes:
    """The file of a picture: embedded, or at its path."""
    held = value if isinstance(value, dict) else {"bytes": value}
    data = held.get("bytes")
    if data is None and held.get("path"):
        with library("fsspec", name).open(held["path"], "rb") as file:
            data = file.read()
    if not isinstance(data, bytes):
        raise Rejected(Reason.EMPTY, "The row has no bytes of a picture; leave it out.")
    return data


@contextmanager
def _outside(source: HubSource) -> Iterator[None]:
    """The libraries' errors as ours."""
    try:
        yield
    except ArtgateError:
        raise
    except Exception as error:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        said = " ".join(str(error).split())[:_LONGEST_COMPLAINT]
        if kinds & {"DatasetNotFoundError", "DataFilesNotFoundError"}:
            hint = source.obtain or "check its name, and sign in with `hf auth login` where it asks for it"
            raise _invalid(source, f"the hub shows no data set {source.dataset} ({said}); {hint}") from error
        if kinds & {"ConnectionError", "HTTPError", "HfHubHTTPError", "TimeoutError", "OfflineModeIsEnabled"}:
            raise _unavailable(source, f"the hub broke off ({type(error).__name__}: {said})") from error
        if kinds & {"ValueError", "FileNotFoundError", "DatasetGenerationError"}:
            raise _invalid(
                source, f"{source.dataset} can't be read so: {said}; correct config, hub_split or files"
            ) from error
        raise


def _invalid(source: HubSource, what: str) -> Rejected:
    return Rejected(Reason.DATASET_INVALID, f"source {source.name}: {what}")


def _unavailable(source: HubSource, why: str) -> Transient:
    return Transient(
        Reason.DATASET_UNAVAILABLE,
        f"source {source.name}: {source.dataset} can't be had: {why}; check the network and run the same "
        "command again: what is gathered stays",
    )

"""Small data sets made in code, and what gathering them takes."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from detector.decode import decode
from tests.pictures import encode, painting
from worker.datasets.finish import Finished
from worker.datasets.gather import Means, gather
from worker.datasets.manifest import Loaded, parse_manifest
from worker.datasets.reading import Place, read
from worker.datasets.record import Record

MAX_BYTES = 2**20


def picture(seed: int, side: int = 72) -> bytes:
    """A PNG that is like no other seed's."""
    return encode(painting(side, side, seed, strokes=12))


def write_pictures(folder: Path, names: Sequence[str], first: int = 0) -> None:
    """Pictures under these names, each of its own seed."""
    for seed, name in enumerate(names, first):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(picture(seed))


def write_parquet(file: Path, rows: Sequence[Mapping[str, Any]], *, group: int = 100) -> Path:
    """Rows with an image each, in the structure that the hub writes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(list(rows)), file, row_group_size=group)
    return file


def embedded(seed: int) -> dict[str, Any]:
    """A picture as a cell of a parquet file."""
    return {"bytes": picture(seed), "path": f"{seed}.png"}


def loaded(text: str, ground: Path) -> Loaded:
    """A manifest whose relative paths start at a folder."""
    return Loaded(manifest=parse_manifest(text), ground=ground)


def means(told: list[str] | None = None) -> Means:
    """Decodes in this process and says nothing."""
    said = [] if told is None else told
    return Means(examine=decode, max_bytes=MAX_BYTES, advance=lambda _: None, tell=said.append)


def gathered(text: str, ground: Path, folder: Path) -> Finished:
    """Gather a manifest."""
    return gather(loaded(text, ground), folder, means())


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with file.open(newline="") as opened:
        return list(csv.DictReader(opened))


def place_at(ground: Path, seed: int = 0) -> Place:
    """Where relative paths start."""
    return Place(ground=ground, seed=seed, max_bytes=MAX_BYTES)


def records(text: str, ground: Path, start: str | None = None) -> list[Record]:
    """The rows of a manifest's only source."""
    (source,) = parse_manifest(text).sources
    return [row for row in read(source, place_at(ground), start) if isinstance(row, Record)]

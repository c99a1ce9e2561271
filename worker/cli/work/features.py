"""Measures the files that ``artgate features`` names."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typer

from detector.features.catalogue import ALL_GROUPS, schemas
from detector.reasons import Rejected
from worker.cli.failures import REFUSED, sentence
from worker.cli.output import json_line, printable
from worker.cli.progress import progress_beside
from worker.cli.work.spread import spread
from worker.files import read_file
from worker.settings import Settings, read_settings

if TYPE_CHECKING:
    from worker.decoding import DecoderProcess

Row: TypeAlias = "list[float] | Rejected"
"""The values of one picture in the schema's order, or why it has none."""

_MEMORY = 2**30
_GROUPS = {"hc148": ALL_GROUPS[:1], "all": ALL_GROUPS}


def features(files: Sequence[Path], groups: str, format_: str) -> None:
    """Print a row for every file that has one; exit status 3 where some have none."""
    settings = read_settings()
    wanted = _GROUPS[groups]
    names = [name for schema in schemas(wanted) for name in schema.names]
    rows = spread(partial(open_measure, wanted, settings), [str(file) for file in files], memory=_MEMORY)
    write = _csv_writer(names) if format_ == "csv" else _line_writer(names)
    with progress_beside("measured", len(files), lines=True) as advance:
        whole = True
        for done, (file, row) in enumerate(zip(files, rows, strict=True), 1):
            whole &= _print_row(file, row, write)
            advance(done)
    if not whole:
        raise typer.Exit(REFUSED)


def _print_row(file: Path, row: Row, write: Callable[[str, list[float]], None]) -> bool:
    """Print a row, or why there is none; says whether there is one."""
    if isinstance(row, Rejected):
        typer.echo(printable(f"{file}: {sentence(row)}"), err=True)
        return False
    write(file.name, row)
    sys.stdout.flush()
    return True


@contextmanager
def open_measure(groups: tuple[str, ...], settings: Settings) -> Iterator[Callable[[str], Row]]:
    """What one process measures with: a decoder process beside it."""
    from detector import DecodeLimits  # noqa: PLC0415 - loads the numeric libraries
    from worker.decoding import DecoderProcess  # noqa: PLC0415

    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    decoder = DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory)
    try:
        yield partial(_measured, decoder, groups, settings.max_bytes)
    finally:
        decoder.close()


def _measured(decoder: DecoderProcess, groups: tuple[str, ...], max_bytes: int, file: str) -> Row:
    from detector.features import extract  # noqa: PLC0415 - loads the numeric libraries

    try:
        picture = decoder.decode(read_file(Path(file), max_bytes=max_bytes))
        return [float(value) for value in extract(picture.rgb, groups).values]
    except Rejected as error:
        return error


def _csv_writer(names: Sequence[str]) -> Callable[[str, list[float]], None]:
    rows = csv.writer(sys.stdout, lineterminator="\n")
    rows.writerow(["image", *names])

    def write(name: str, values: list[float]) -> None:
        rows.writerow([printable(name), *map(repr, values)])

    return write


def _line_writer(names: Sequence[str]) -> Callable[[str, list[float]], None]:
    def write(name: str, values: list[float]) -> None:
        known = (value if math.isfinite(value) else None for value in values)
        typer.echo(json_line({"image": name, "features": dict(zip(names, known, strict=True))}))

    return write

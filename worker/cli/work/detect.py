"""Judges the files that ``artgate detect`` names."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from detector.reasons import Rejected
from worker.cli.failures import REFUSED
from worker.cli.output import Format, console, json_line, printable
from worker.cli.progress import Advance, progress_beside
from worker.cli.work.spread import spread
from worker.files import files_below, read_file
from worker.settings import Settings, read_settings

if TYPE_CHECKING:
    from detector import Detector
    from worker.decoding import DecoderProcess

Record = dict[str, Any]
"""One line: a verdict or an error."""

_MEMORY = 2 * 2**30
_COLOURS = {"GENUINE": "green", "UNCERTAIN": "yellow", "SYNTHETIC": "red"}


def detect(arguments: list[Path], bundle: Path | None, domain: str | None, format_: Format) -> None:
    """Print a verdict, or why there is none, for every file; exit status 3 where some have none."""
    settings = read_settings()
    paths = [str(path) for path in files_below(arguments)]
    records = spread(partial(open_judge, bundle, domain, settings), paths, memory=_MEMORY)
    refused, unchecked = 0, set()
    with progress_beside("judged", len(paths), lines=format_ is Format.JSONL) as advance:
        shown = _counted(records, advance)
        for record in _print_lines(shown) if format_ is Format.JSONL else _print_table(shown):
            refused += "error" in record
            unchecked |= _unchecked(record)
    for runtime, precision in sorted(unchecked):
        _warn(runtime, precision)
    if refused:
        raise typer.Exit(REFUSED)


@contextmanager
def open_judge(
    bundle: Path | None, domain: str | None, settings: Settings
) -> Iterator[Callable[[str], Record]]:
    """What one process judges with: a loaded bundle, and a decoder process beside it.

    Raises:
        Fault: the bundle or its weights are not what they should be.
    """
    from detector import STARTER, DecodeLimits, load_bundle  # noqa: PLC0415 - loads the models' libraries
    from worker.decoding import DecoderProcess  # noqa: PLC0415

    detector = load_bundle(bundle or STARTER, settings.weights_dir)
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    decoder = DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory)
    try:
        yield partial(_judged, detector, decoder, domain, settings.max_bytes)
    finally:
        decoder.close()


def _judged(
    detector: Detector, decoder: DecoderProcess, domain: str | None, max_bytes: int, file: str
) -> Record:
    begun = time.perf_counter()
    try:
        picture = decoder.decode(read_file(Path(file), max_bytes=max_bytes))
        verdict = detector.judge(picture, detector.vector(picture), domain)
    except Rejected as error:
        return {"file": file, "error": {"code": error.reason.value, "message": error.message}}
    return {
        "file": file,
        "verdict": verdict.label.value,
        "probability": verdict.probability,
        "members": dict(verdict.members),
        "veto": {"applied": verdict.veto.applied, "probability": verdict.veto.probability},
        "warranty": None if verdict.warranty is None else verdict.warranty.as_json(),
        "bundle": verdict.bundle,
        "runtime": {
            "name": verdict.runtime,
            "precision": verdict.precision,
            "checked": detector.bundle.checked_with(verdict.runtime, verdict.precision),
        },
        "ms": round(1000 * (time.perf_counter() - begun), 1),
    }


def _unchecked(record: Record) -> set[tuple[str, str]]:
    """Runtime and precision of a verdict, where its bundle's calibration was not checked with them."""
    runtime = record.get("runtime")
    return set() if runtime is None or runtime["checked"] else {(runtime["name"], runtime["precision"])}


def _warn(runtime: str, precision: str) -> None:
    from worker.bundles import not_checked_with  # noqa: PLC0415 - loads the database's library

    typer.echo(f"artgate: {not_checked_with(runtime, precision)}", err=True)


def _print_lines(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        typer.echo(json_line(record))
        sys.stdout.flush()
        yield record


def _print_table(records: Iterable[Record]) -> Iterator[Record]:
    """One table at the end: its columns fit what is in them."""
    from rich import box  # noqa: PLC0415 - JSON lines need no rich
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column("file", min_width=14)
    table.add_column("verdict", no_wrap=True)
    for name in ("prob.", "LGBM", "SVM", "RF", "veto", "ms"):
        table.add_column(name, justify="right", no_wrap=True)
    bundles: set[str] = set()
    vouched: dict[str, dict[str, Any]] = {}
    for record in records:
        table.add_row(*_cells(record))
        bundles |= {record["bundle"]} if "bundle" in record else set()
        vouched |= {record["verdict"]: record["warranty"]} if record.get("warranty") else {}
        yield record
    console().print(table)
    for bundle in bundles:
        console().print(
            f"judged by bundle {bundle[:12]}; probabilities of being made by a generator", style="dim"
        )
    for label, warranty in sorted(vouched.items()):
        console().print(f"{label}: {_sentence(warranty)}", style="dim")


def _cells(record: Record) -> list[Any]:
    from rich.text import Text  # noqa: PLC0415 - JSON lines need no rich

    name = Text(printable(record["file"]), overflow="fold")
    if "error" in record:
        return [name, Text(record["error"]["code"], style="magenta")]
    veto = record["veto"]
    return [
        name,
        Text(record["verdict"], style=_COLOURS[record["verdict"]]),
        f"{record['probability']:.3f}",
        *(f"{record['members'][member]:.3f}" for member in ("lightgbm", "svm", "random_forest")),
        _veto(applied=veto["applied"], probability=veto["probability"]),
        f"{record['ms']:.0f}",
    ]


def _sentence(warranty: dict[str, Any]) -> str:
    """A verdict's error rate in words."""
    from detector.warranty import Assurance  # noqa: PLC0415 - JSON lines need no sentence

    return Assurance.of_json(warranty).sentence()


def _veto(*, applied: bool, probability: float | None) -> str:
    if probability is None:
        return "\N{EN DASH}"
    return f"{probability:.3f} {'vetoed' if applied else 'agrees'}"


def _counted(records: Iterable[Record], advance: Advance) -> Iterator[Record]:
    for count, record in enumerate(records, 1):
        yield record
        advance(count)

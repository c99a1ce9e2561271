"""A folder of odd, corrupt and hostile files, each with what is expected of it.

The folder holds ``manifest.csv`` and the files in ``files/``. Columns that are read: file, expected (accept,
refuse, either), and where they are there outcome (ok or a reason code), rgb_sha256 with hash_kind, and
mean_rgb. Files are decoded as a worker decodes them, in a process of their own.
"""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.picture import Picture
from detector.reasons import Reason, Rejected
from worker.decoding import DecoderProcess

OK = "ok"
MEAN_TOLERANCE = 1.5
"""Levels by which the mean of a channel may differ where decoders of a lossy format do."""
_OUR_FAULT = {Reason.DECODER_DIED, Reason.DECODE_TIMEOUT, Reason.DECODE_MEMORY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file and what is expected of it."""

    name: str
    data: bytes
    row: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What became of one file."""

    name: str
    outcome: str
    """``ok``, or the code of the refusal."""
    seconds: float
    memory: int | None
    """Largest resident memory of the decoder, bytes; None where the decoder did not outlive the file."""
    picture: Picture | None
    mismatch: str | None
    """In what the outcome differs from what was expected."""


def cases(folder: Path) -> Iterator[Case]:
    """The files of a corpus in the order of its manifest."""
    with (folder / "manifest.csv").open(newline="") as manifest:
        rows = list(csv.DictReader(manifest))
    for row in rows:
        yield Case(name=row["file"], data=(folder / "files" / row["file"]).read_bytes(), row=row)


def examine(case: Case, decoder: DecoderProcess) -> Finding:
    """Decode one file and compare."""
    if decoder.pid is not None:
        Path(f"/proc/{decoder.pid}/clear_refs").write_text("5")  # starts the largest memory anew
    began, picture = time.perf_counter(), None
    try:
        picture = decoder.decode(case.data)
        outcome = OK
    except Rejected as error:
        outcome = error.reason.value
    seconds = time.perf_counter() - began
    return Finding(
        name=case.name,
        outcome=outcome,
        seconds=seconds,
        memory=_largest_memory(decoder),
        picture=picture,
        mismatch=_mismatch(case.row, outcome, picture),
    )


def _mismatch(row: dict[str, str], outcome: str, picture: Picture | None) -> str | None:
    if outcome in _OUR_FAULT:
        return f"ended in {outcome}"
    if (row["expected"], outcome == OK) in (("accept", False), ("refuse", True)):
        return f"{row['expected']} was expected"
    if row.get("outcome", outcome) != outcome:
        return f"{row['outcome']} was expected"
    return None if picture is None else _pixel_mismatch(row, picture)


def _pixel_mismatch(row: dict[str, str], picture: Picture) -> str | None:
    if row.get("oriented_width"):
        size = int(row["oriented_width"]), int(row["oriented_height"])
        if size != (picture.facts.width, picture.facts.height):
            return f"{size} was expected"
    if row["hash_kind"] == "lossless" and not picture.facts.has_profile:
        return (
            None
            if row["rgb_sha256"] == hashlib.sha256(picture.rgb.data).hexdigest()
            else "other pixels were expected"
        )
    if row.get("mean_rgb"):
        mean = np.array([float(level) for level in row["mean_rgb"].split()])
        if np.abs(picture.rgb.mean(axis=(0, 1)) - mean).max() > MEAN_TOLERANCE:
            return f"a mean of {row['mean_rgb']} was expected"
    return None


def _largest_memory(decoder: DecoderProcess) -> int | None:
    if decoder.pid is None:
        return None
    status = Path(f"/proc/{decoder.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))

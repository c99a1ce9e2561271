"""A corpus: labelled picture files, each of a group that must never be split."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from detector.reasons import Reason, Rejected
from detector.warranty import ALL

_COLUMNS = ("path", "label", "group", "domain")
_FEWEST_GROUPS = 5
_FEWEST_PICTURES = 10
_SPLIT = "split"
_WEIGHT = "weight"
TRAIN = "train"
"""The split that is trained on; rows whose split is empty belong to it."""


class Origin(StrEnum):
    """Who made a picture."""

    HUMAN = "human"
    AI = "ai"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One picture of a corpus."""

    name: str
    """As the manifest writes it, relative to the manifest's folder."""
    file: Path
    origin: Origin
    group: str
    """One source, or one generator family of one source: what hangs together beyond its label."""
    domain: str
    """Kind of picture: photo, painting, anime and so on."""
    generator: str = ""
    """What made it, where a generator did and the manifest says which."""
    source: str = ""
    """Where it was found; empty where the manifest does not say."""
    first_published: str = ""
    """When, beginning with the year; empty where the manifest does not say."""
    weight: float = 1.0
    """How far the label counts in a fit, above 0 and at most 1: the probability that it is right."""


def read_corpus(manifest: Path, *, split: str = TRAIN, learned_from: bool = True) -> tuple[Entry, ...]:
    """The pictures of one split that a CSV manifest lists, in its order.

    The manifest has a header and at least the columns path, label (human or ai), group and domain. Of others,
    source, generator, first_published and weight are read, and the column split where there is one: rows of
    other splits are left out. Where there is none, all rows belong to whichever split is asked for.

    Args:
        manifest: the file; pictures are named relative to its folder.
        split: whose rows are read.
        learned_from: whether folds are made of it, which takes several groups and pictures of each label.

    Raises:
        Rejected: ``corpus_invalid``, naming the first line that can't be used.
    """
    try:
        with manifest.open(newline="", encoding="utf-8") as file:
            entries = tuple(_entries(file, manifest.parent, split))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _invalid(f"the manifest can't be read: {type(error).__name__}") from error
    if not entries and split != TRAIN:
        raise _invalid(f"split {split!r} has no pictures")
    _check(entries, learned_from=learned_from)
    return entries


def without(entries: Iterable[Entry], held_out: Path) -> tuple[Entry, ...]:
    """The entries whose files lie nowhere below a folder, byte by byte: those are kept for trying it out."""
    known = {_digest(file) for file in held_out.rglob("*") if file.is_file()}
    return tuple(entry for entry in entries if _digest(entry.file) not in known)


def _digest(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def _entries(lines: Iterator[str], folder: Path, split: str) -> Iterator[Entry]:
    reader = csv.DictReader(lines)
    missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise _invalid(f"the manifest lacks the columns {', '.join(missing)}")
    for row in reader:
        if (row.get(_SPLIT, split) or TRAIN) == split:
            yield _entry(row, folder, reader.line_num)


def _entry(row: Mapping[str, str | None], folder: Path, line: int) -> Entry:
    path, label, group, domain = (row[column] or "" for column in _COLUMNS)
    if not path or not group:
        raise _invalid(f"line {line} names no path or no group")
    if label not in set(Origin):
        raise _invalid(f"line {line} has the label {label!r}; expected human or ai")
    if domain == ALL:
        raise _invalid(f"line {line} has the domain {domain!r}, which stands for all of them")
    file = folder / path
    if not file.is_file():
        raise _invalid(f"line {line} names {path}, which is not there")
    return Entry(
        name=path,
        file=file,
        origin=Origin(label),
        group=group,
        domain=domain or "other",
        generator=row.get("generator") or "",
        source=row.get("source") or "",
        first_published=row.get("first_published") or "",
        weight=_weight(row.get(_WEIGHT) or "1", line),
    )


def _weight(text: str, line: int) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 1:
        raise _invalid(f"line {line} has the weight {text!r}; expected a number above 0 and at most 1")
    return weight


def _check(entries: tuple[Entry, ...], *, learned_from: bool) -> None:
    names = {entry.name for entry in entries}
    if len(names) != len(entries):
        raise _invalid("the manifest names a picture twice")
    if not entries:
        raise _invalid("the manifest names no picture")
    for origin in Origin if learned_from else ():
        groups = [entry.group for entry in entries if entry.origin is origin]
        if len(set(groups)) < _FEWEST_GROUPS:
            raise _invalid(
                f"{len(set(groups))} groups of {origin} pictures are too few: {_FEWEST_GROUPS} are needed"
            )
        if len(groups) < _FEWEST_PICTURES:
            raise _invalid(f"{len(groups)} {origin} pictures are too few: {_FEWEST_PICTURES} are needed")


def _invalid(what: str) -> Rejected:
    return Rejected(Reason.CORPUS_INVALID, f"{what}; correct the corpus and run it again")

"""The journal of a gathering: what became of each row, on disk before the next one is begun.

One JSON object a line, appended. Killed in the middle of a line, the rest of that line is forgotten; a file
of a picture is whole before its line is written.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from detector.reasons import Fault, Reason, Rejected
from detector.training.corpus import Origin
from worker.datasets.selection import Said

NAME = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture that was kept."""

    entry: str
    """Name of the source's entry in the manifest."""
    key: str
    said: Said
    file: str
    """Path of the picture below the folder."""
    size: int
    """Bytes of the file."""
    sha256: str
    perceptual: int
    width: int
    height: int
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that gave no picture."""

    entry: str
    key: str
    reason: str
    message: str


class Journal:
    """What has been gathered so far."""

    def __init__(self, folder: Path, file: io.TextIOBase) -> None:
        """Begin empty; ``open_journal`` is the way to one."""
        self._folder = folder
        self._file = file
        self._digests: dict[str, str] = {}
        self._bookmarks: dict[str, str] = {}
        self._complete: set[str] = set()
        self._lost: set[str] = set()
        self._kept: dict[tuple[str, str], Kept] = {}
        self._refused: dict[tuple[str, str], Refused] = {}

    def begin(self, entry: str, digest: str) -> None:
        """Note which source an entry stands for.

        Raises:
            Rejected: ``dataset_invalid``: the folder was begun with another one under this name.
        """
        known = self._digests.get(entry)
        if known is not None and known != digest:
            raise Rejected(
                Reason.DATASET_INVALID,
                f"source {entry} is not what {self._folder} was begun with; restore the manifest, or name "
                "another folder",
            )
        if known is None:
            self._write({"begun": entry, "digest": digest})

    def keep(self, kept: Kept) -> None:
        """Note a picture whose file is in place."""
        self._write({"kept": asdict(kept)})

    def refuse(self, refused: Refused) -> None:
        """Note a row that gave none."""
        self._write({"refused": asdict(refused)})

    def mark(self, entry: str, bookmark: str) -> None:
        """Note how far a source was read."""
        self._write({"bookmark": bookmark, "of": entry})

    def complete(self, entry: str) -> None:
        """Note that a source has given all that it should."""
        self._write({"complete": entry})

    def bookmark(self, entry: str) -> str | None:
        """How far a source was read."""
        return None if entry in self._lost else self._bookmarks.get(entry)

    def is_complete(self, entry: str) -> bool:
        """Whether a source has given all that it should."""
        return entry in self._complete and entry not in self._lost

    def is_handled(self, entry: str, key: str) -> bool:
        """Whether a row was kept or refused before."""
        return (entry, key) in self._kept or (entry, key) in self._refused

    @property
    def kept(self) -> list[Kept]:
        """The pictures that were kept, in the order in which they came."""
        return list(self._kept.values())

    @property
    def count(self) -> int:
        """How many were kept."""
        return len(self._kept)

    @property
    def refused(self) -> list[Refused]:
        """The rows that gave none."""
        return list(self._refused.values())

    @property
    def entries(self) -> set[str]:
        """Names of the entries that were begun."""
        return set(self._digests)

    def replay(self, line: Mapping[str, Any]) -> None:
        """Take in what a line says."""
        match line:
            case {"kept": kept}:
                self._take_in(kept)
            case {"refused": refused}:
                row = Refused(**refused)
                self._refused[row.entry, row.key] = row
            case {"bookmark": bookmark, "of": entry}:
                self._bookmarks[entry] = bookmark
            case {"complete": entry}:
                self._complete.add(entry)
            case {"begun": entry, "digest": digest}:
                self._digests[entry] = digest

    def _take_in(self, members: Mapping[str, Any]) -> None:
        """A picture, unless its file is gone or was lost with the machine's power."""
        said = dict(members["said"])
        kept = Kept(**{**members, "said": Said(**said | {"label": Origin(said["label"])})})
        file = self._folder / kept.file
        if not file.is_file() or file.stat().st_size != kept.size:
            self._lost.add(kept.entry)  # its source is read once more, from the beginning
        else:
            self._kept[kept.entry, kept.key] = kept

    def _write(self, line: Mapping[str, Any]) -> None:
        with _room_in(self._folder):
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        self.replay(line)


@contextmanager
def open_journal(folder: Path) -> Iterator[Journal]:
    """The journal of a folder, for one process at a time.

    Raises:
        Rejected: ``dataset_invalid``: another process is gathering there, or the journal is none.
        Fault: ``dataset_unavailable``: the folder can't be written to.
    """
    with _room_in(folder):
        folder.mkdir(parents=True, exist_ok=True)
        raw = (folder / NAME).open("a+b")
    with raw:
        _lock(raw, folder)
        raw.seek(0)
        lines = raw.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            raw.truncate(sum(map(len, lines[:-1])))
            lines.pop()
        with io.TextIOWrapper(raw, encoding="utf-8", write_through=True) as text:
            journal = Journal(folder, text)
            _replay(journal, lines, folder)
            yield journal


def _lock(file: io.BufferedRandom, folder: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Rejected(
            Reason.DATASET_INVALID,
            f"another process is gathering into {folder}; wait for it, or name another folder",
        ) from None


def _replay(journal: Journal, lines: list[bytes], folder: Path) -> None:
    for number, line in enumerate(lines, 1):
        try:
            journal.replay(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Rejected(
                Reason.DATASET_INVALID,
                f"line {number} of {folder / NAME} is broken; delete that line, or name another folder",
            ) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Raises:
        Fault: ``dataset_unavailable``: there is no room, or it is not allowed.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with _room_in(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(data)
        unfinished.replace(path)


@contextmanager
def _room_in(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Fault(
            Reason.DATASET_UNAVAILABLE,
            f"{folder} can't be written to ({error.strerror or type(error).__name__}); make room or allow "
            "it, and run the same command again",
        ) from error

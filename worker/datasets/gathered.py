"""A CSV manifest as rows whose leaks can be looked for."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from detector.perceptual import perceptual_hash
from detector.picture import Picture
from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin
from detector.training.leakage import Row
from worker.files import read_file

MANIFEST = "manifest.csv"
_NEEDED = ("path", "label", "group")


def manifest_of(path: Path) -> Path:
    """The manifest that is meant by a folder, or by itself.

    Raises:
        Rejected: ``dataset_invalid``: it is not there.
    """
    manifest = path / MANIFEST if path.is_dir() else path
    if not manifest.is_file():
        raise Rejected(
            Reason.DATASET_INVALID, f"{manifest} is not there; name a folder that was gathered, or a CSV file"
        )
    return manifest


def count_rows(manifest: Path) -> int:
    """How many pictures a manifest lists."""
    return sum(1 for _ in _lines(manifest))


def read_rows(
    manifest: Path, examine: Callable[[bytes], Picture], *, max_bytes: int, split: str | None = None
) -> Iterator[Row]:
    """The pictures of a manifest. Hashes that it does not have are computed from the files.

    Args:
        manifest: a CSV file with at least path, label and group.
        examine: decodes a file.
        max_bytes: largest file that is read.
        split: the split of all of them, whatever the manifest says; without it a row whose split is empty
            belongs to ``train``.

    Raises:
        Rejected: ``dataset_invalid``: it can't be read; or the reason for which a picture can't be decoded.
    """
    for number, line in enumerate(_lines(manifest), 2):
        label = line["label"]
        if label not in set(Origin):
            raise _invalid(manifest, f"row {number} has the label {label!r}; correct it to human or ai")
        sha256, perceptual = _hashes(line, manifest, number, examine, max_bytes)
        yield Row(
            name=line["path"],
            split=split or line.get("split") or "train",
            origin=Origin(label),
            group=line["group"],
            source=line.get("source", ""),
            dataset=line.get("dataset", ""),
            part=line.get("part", ""),
            sha256=sha256,
            perceptual=perceptual,
        )


def _hashes(
    line: Mapping[str, str], manifest: Path, number: int, examine: Callable[[bytes], Picture], max_bytes: int
) -> tuple[str, int]:
    told = line.get("sha256", ""), line.get("perceptual_hash", "")
    if all(told):
        try:
            return told[0], int(told[1])
        except ValueError:
            raise _invalid(manifest, f"row {number} has a perceptual hash that is no number") from None
    try:
        data = read_file(manifest.parent / line["path"], max_bytes=max_bytes)
        return hashlib.sha256(data).hexdigest(), perceptual_hash(examine(data))
    except Rejected as error:
        raise Rejected(
            error.reason, f"row {number} of {manifest}, {line['path']}: {error.message} Leave it out."
        ) from error


def _lines(manifest: Path) -> Iterator[dict[str, str]]:
    try:
        with manifest.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [column for column in _NEEDED if column not in (reader.fieldnames or ())]
            if missing:
                raise _invalid(manifest, f"it lacks the columns {', '.join(missing)}; add them")
            for line in reader:
                yield {name: value or "" for name, value in line.items() if name is not None}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _invalid(manifest, f"it can't be read ({type(error).__name__}); name a CSV file") from error


def _invalid(manifest: Path, what: str) -> Rejected:
    return Rejected(Reason.DATASET_INVALID, f"{manifest}: {what}")

"""Looks for what must not be in two splits, in one manifest or between two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detector.picture import Picture
from detector.training.leakage import Finding, Row, findings
from worker.datasets.gathered import count_rows, manifest_of, read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was looked at, and what was found."""

    pictures: int
    splits: tuple[str, ...]
    findings: list[Finding]


def pictures_in(path: Path, against: Path | None) -> int:
    """How many pictures a check would look at."""
    return sum(count_rows(manifest_of(each)) for each in (path, against) if each is not None)


def check(
    path: Path,
    against: Path | None,
    *,
    within: int,
    examine: Callable[[bytes], Picture],
    max_bytes: int,
    advance: Callable[[int], None],
) -> Checked:
    """Every leak among the splits of a manifest, and between it and another one.

    Args:
        path: a folder that was gathered, or a CSV manifest.
        against: another one, all of which is held against all of the first.
        within: differing bits up to which two pictures are near-duplicates.
        examine: decodes files whose hashes the manifest does not have.
        max_bytes: largest file that is read.
        advance: told how many pictures were looked at.

    Raises:
        Rejected: ``dataset_invalid``: a manifest can't be read; or why a picture can't be decoded.
    """
    rows: list[Row] = []
    for manifest, split in ((path, None), (against, None if against is None else f"{against}")):
        if manifest is None:
            continue
        for row in read_rows(manifest_of(manifest), examine, max_bytes=max_bytes, split=split):
            rows.append(row)
            advance(len(rows))
    return Checked(
        pictures=len(rows),
        splits=tuple(dict.fromkeys(row.split for row in rows)),
        findings=findings(rows, within),
    )

"""From what was gathered to a manifest.csv that may be trained on and tested with."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin
from detector.training.leakage import Finding, Row, findings, labels_by_bytes, near_duplicates, near_groups
from worker.datasets.gathered import MANIFEST
from worker.datasets.journal import Journal, Kept, Refused, write_whole
from worker.datasets.manifest import DataManifest
from worker.datasets.sources import SourceBase

FAILURES = "failures.csv"
COLUMNS = (
    "path",
    "label",
    "group",
    "domain",
    "generator",
    "source",
    "licence",
    "first_published",
    "split",
    "dataset",
    "part",
    "sha256",
    "perceptual_hash",
    "width",
    "height",
    "format",
)
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What the folder holds in the end."""

    pictures: Mapping[tuple[str, Origin], int]
    """How many, by split and label."""
    refused: Mapping[str, int]
    """How many rows gave no picture, by reason."""
    short: Sequence[str]
    """What falls short of what the manifest expects, a sentence each."""


def finish(manifest: DataManifest, journal: Journal, folder: Path, left_out: Collection[str]) -> Finished:
    """Leave out what contradicts itself or is in two splits, and write manifest.csv and failures.csv.

    Raises:
        Rejected: ``dataset_leaks``: splits share a group, a source or a data set; nothing is written.
    """
    sources = {source.name: source for source in manifest.sources if source.name not in left_out}
    order = {name: number for number, name in enumerate(sources)}
    kept = sorted(
        (each for each in journal.kept if each.entry in order), key=lambda each: order[each.entry]
    )  # the sort is stable: within a source they stay as they came
    rows = {(each.entry, each.key): _row(each, sources[each.entry]) for each in kept}
    refused = {
        **_contradicted(kept, rows.values()),
        **_refused(near_groups(list(rows.values())), kept, rows),
        **_refused(near_duplicates(list(rows.values())), kept, rows),
    }
    clean = [each for each in kept if (each.entry, each.key) not in refused]
    leaks = findings([rows[each.entry, each.key] for each in clean])
    if leaks:
        raise _leaking(leaks)
    failures = [each for each in journal.refused if each.entry in sources] + list(refused.values())
    write_whole(folder / FAILURES, _failures(failures))
    write_whole(folder / MANIFEST, _manifest(clean, sources))
    pictures = Counter((sources[each.entry].split, each.said.label) for each in clean)
    return Finished(
        pictures=pictures,
        refused=Counter(each.reason for each in failures),
        short=_short(manifest, pictures),
    )


def begin_anew(folder: Path) -> None:
    """Take away what tells of an earlier end, and files that a killed gathering left unfinished."""
    for told in (MANIFEST, FAILURES):
        (folder / told).unlink(missing_ok=True)
    for pattern in ("images/*/.*", f".{MANIFEST}.*", f".{FAILURES}.*"):
        for unfinished in folder.glob(pattern):
            unfinished.unlink()


def _row(kept: Kept, source: SourceBase) -> Row:
    return Row(
        name=f"{kept.entry}/{kept.key}",
        split=source.split,
        origin=kept.said.label,
        group=kept.said.group,
        source=kept.said.source,
        dataset=source.place,
        part="" if source.part is None else str(source.part),
        sha256=kept.sha256,
        perceptual=kept.perceptual,
    )


def _contradicted(kept: Sequence[Kept], rows: Iterable[Row]) -> dict[tuple[str, str], Refused]:
    """Files under both labels: nobody knows which is right."""
    labels = labels_by_bytes(rows)
    return {
        (each.entry, each.key): Refused(
            entry=each.entry,
            key=each.key,
            reason=Reason.LABEL_CONTRADICTED,
            message="The same bytes stand under both labels.",
        )
        for each in kept
        if len(labels[each.sha256]) > 1
    }


def _refused(
    leaks: Iterable[Finding], kept: Sequence[Kept], rows: Mapping[tuple[str, str], Row]
) -> dict[tuple[str, str], Refused]:
    """The copies that are named first: of the split that is trained on, or of the group that came later."""
    others = {leak.one: leak for leak in leaks}
    return {
        (each.entry, each.key): Refused(
            entry=each.entry,
            key=each.key,
            reason=Reason.NEAR_DUPLICATE,
            message=f"{others[name].other} is nearly the same: {others[name].detail}.",
        )
        for each in kept
        if (name := rows[each.entry, each.key].name) in others
    }


def _leaking(leaks: Sequence[Finding]) -> Rejected:
    shown = "; ".join(f"{leak.leak}, {leak.detail}" for leak in leaks[:_SHOWN])
    more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
    return Rejected(
        Reason.DATASET_LEAKS,
        f"the splits are not apart: {shown}{more}; change split, part, group or source of these sources and "
        "gather into another folder",
    )


def _manifest(kept: Iterable[Kept], sources: Mapping[str, SourceBase]) -> bytes:
    lines = []
    for each in kept:
        source, said = sources[each.entry], each.said
        lines.append(
            (
                each.file,
                said.label.value,
                said.group,
                said.domain,
                said.generator,
                said.source,
                said.licence,
                said.first_published,
                source.split,
                source.place,
                "" if source.part is None else str(source.part),
                each.sha256,
                each.perceptual,
                each.width,
                each.height,
                each.format,
            )
        )
    return _csv(COLUMNS, lines)


def _failures(refused: Iterable[Refused]) -> bytes:
    return _csv(
        ("entry", "key", "reason", "message"),
        [(each.entry, each.key, each.reason, each.message) for each in refused],
    )


def _csv(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8", errors="backslashreplace")


def _short(manifest: DataManifest, pictures: Mapping[tuple[str, Origin], int]) -> list[str]:
    return [
        f"{split}: {pictures.get((split, label), 0)} of {count} {label} pictures"
        for split, labels in manifest.expected.items()
        for label, count in labels.items()
        if pictures.get((split, label), 0) < count
    ]

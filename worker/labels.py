"""Writes what people have decided as a corpus that ``artgate train`` reads: pictures, and a manifest of them.

Each label has the weight of the reviewers behind it. Nobody's name is in it: pictures of one uploader share a
group, so that no fold splits them, and the groups are numbered.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from db.models import HumanLabel
from db.queries import images
from db.queries.images import StoredImage
from detector.reasons import Reason, Rejected
from worker.files import writing_folder
from worker.review.labels import Weighted, weighted_labels
from worker.storage import Storage

MANIFEST = "manifest.csv"
PICTURES = "pictures"
COLUMNS = ("path", "label", "group", "domain", "source", "weight", "opinions")
SOURCE = "reviewers"
_ORIGIN = {HumanLabel.GENUINE: "human", HumanLabel.SYNTHETIC: "ai"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """One decided picture, and whether it could be had."""

    name: str
    """Bucket, a slash, key."""
    label: str
    """``human`` or ``ai``."""
    weight: float
    refused: Reason | None
    """Why it is not in the corpus."""


def export(
    sessions: sessionmaker[Session], storage: Storage, folder: Path, *, least: float, max_bytes: int
) -> Iterator[Exported]:
    """Fetch every decided picture and write the manifest when all were tried.

    A picture that lies in the folder already is not fetched again, so an export that broke off goes on.

    Args:
        sessions: on the database.
        storage: where the pictures are.
        folder: where the corpus goes; it is made where it is missing.
        least: labels of less weight are left out.
        max_bytes: of one picture.

    Yields:
        What became of each picture.

    Raises:
        Fault: ``file_unreadable``: the folder can't be written.
        Transient: the storage does not answer; run it again.
    """
    rows: list[dict[str, object]] = []
    groups: dict[str, str] = {}
    with writing_folder():
        (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    for each, image in _decided(sessions, least):
        path = Path(PICTURES) / f"{image.sha256.hex()}.{image.format.lower()}"
        refused = _fetch(storage, image, folder / path, max_bytes)
        if refused is None:
            rows.append(_row(each, image, path, groups))
        yield Exported(
            name=f"{image.bucket}/{image.key}",
            label=_ORIGIN[each.picture.label],
            weight=each.weight,
            refused=refused,
        )
    with writing_folder():
        _write(folder / MANIFEST, rows)


def _decided(sessions: sessionmaker[Session], least: float) -> Iterator[tuple[Weighted, StoredImage]]:
    """Each picture once, by its bytes: where two objects are the same file, the weightier label counts."""
    best: dict[bytes, Weighted] = {}
    with sessions() as session:
        for each in weighted_labels(session):
            known = best.get(each.picture.sha256)
            if each.weight >= least and (known is None or each.weight > known.weight):
                best[each.picture.sha256] = each
        found = [(each, images.get(session, each.picture.image_id)) for each in best.values()]
    yield from ((each, image) for each, image in found if image is not None)


def _fetch(storage: Storage, image: StoredImage, file: Path, max_bytes: int) -> Reason | None:
    """Put a picture into the folder; the reason why not, where it can't be had any more."""
    if file.is_file() and hashlib.sha256(file.read_bytes()).digest() == image.sha256:
        return None
    if image.removed_at is not None:
        return Reason.REMOVED
    try:
        fetched = storage.fetch(
            image.bucket, image.key, version_id=image.version_id, etag=image.etag, max_bytes=max_bytes
        )
    except Rejected as refusal:
        return refusal.reason
    if hashlib.sha256(fetched.data).digest() != image.sha256:
        return Reason.OBJECT_CHANGED
    with writing_folder():
        file.write_bytes(fetched.data)
    return None


def _row(each: Weighted, image: StoredImage, path: Path, groups: dict[str, str]) -> dict[str, object]:
    if image.uploader is None:
        group = f"picture-{image.sha256.hex()[:16]}"
    else:
        group = groups.setdefault(image.uploader, f"uploader-{len(groups) + 1:05d}")
    return {
        "path": path.as_posix(),
        "label": _ORIGIN[each.picture.label],
        "group": group,
        "domain": image.domain or "other",
        "source": SOURCE,
        "weight": f"{each.weight:.4f}",
        "opinions": len(each.picture.opinions),
    }


def _write(file: Path, rows: list[dict[str, object]]) -> None:
    partial = file.with_suffix(".partial")
    with partial.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(file)

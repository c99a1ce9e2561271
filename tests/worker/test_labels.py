"""Decided pictures as a corpus: fetched from a real bucket, read by what trains."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import pytest

from db.models import Appeal, HumanLabel
from db.queries import effective, review
from detector.reasons import Reason, Rejected
from detector.training.corpus import Origin, read_corpus
from tests.db.factories import decide
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker import labels
from worker.clock import new_id
from worker.labels import Exported
from worker.review import appeals
from worker.settings import Settings
from worker.storage import Storage, make_client


@pytest.fixture
def storage(settings: Settings) -> Storage:
    return Storage(make_client(settings), seconds=5)


def decided(
    sessions: Sessions, bucket: Bucket, label: HumanLabel | None, *, seed: int, uploader: str | None = None
) -> str:
    """A picture in the bucket with what one person found of it; its key."""
    key, data = f"{new_id()}.jpg", jpeg(seed=seed)
    etag = bucket.put(key, data)
    facts: dict[str, Any] = {
        "etag": etag,
        "sha256": hashlib.sha256(data).digest(),
        "format": "JPEG",
        "uploader": uploader,
    }
    with sessions.begin() as session:
        filed = file_uncertain(session, bucket.name, key, **facts)
        claimed = review.claim(session, filed.item, "ann", lease_seconds=60)
        assert claimed is not None
        if label is not None:
            decide(session, filed.item, "ann", claimed.lease_number, label=label)
    return key


def run(sessions: Sessions, storage: Storage, folder: Path, least: float = 0.6) -> list[Exported]:
    return list(labels.export(sessions, storage, folder, least=least, max_bytes=1 << 20))


def manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / labels.MANIFEST).open(newline="") as file:
        return list(csv.DictReader(file))


def test_decided_pictures_become_a_corpus_that_training_reads(
    sessions: Sessions, bucket: Bucket, storage: Storage, tmp_path: Path
) -> None:
    decided(sessions, bucket, HumanLabel.GENUINE, seed=1, uploader="mika")
    decided(sessions, bucket, HumanLabel.SYNTHETIC, seed=2, uploader="mika")
    decided(sessions, bucket, HumanLabel.SYNTHETIC, seed=3)
    decided(sessions, bucket, HumanLabel.CANNOT_TELL, seed=4)
    decided(sessions, bucket, None, seed=5)
    gone = decided(sessions, bucket, HumanLabel.GENUINE, seed=6)
    bucket.client.delete_object(Bucket=bucket.name, Key=gone)
    replaced = decided(sessions, bucket, HumanLabel.GENUINE, seed=7)
    bucket.put(replaced, jpeg(seed=8))

    found = run(sessions, storage, tmp_path)

    assert sorted(each.refused for each in found if each.refused) == [
        Reason.OBJECT_CHANGED,
        Reason.OBJECT_MISSING,
    ]
    rows = manifest(tmp_path)
    assert sorted(row["label"] for row in rows) == ["ai", "ai", "human"]
    assert sorted(row["group"].partition("-")[0] for row in rows) == ["picture", "uploader", "uploader"]
    assert len({row["group"] for row in rows}) == 2
    assert {row["weight"] for row in rows} == {"0.8000"}, "of someone who was never asked"
    text = (tmp_path / labels.MANIFEST).read_text()
    assert "mika" not in text
    assert "ann" not in text
    entries = read_corpus(tmp_path / labels.MANIFEST, learned_from=False)
    assert {entry.origin for entry in entries} == set(Origin)
    assert {entry.weight for entry in entries} == {0.8}

    before = {file: file.stat().st_mtime_ns for file in (tmp_path / labels.PICTURES).iterdir()}
    run(sessions, storage, tmp_path)
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / labels.PICTURES).iterdir()} == before
    assert manifest(tmp_path) == rows
    assert run(sessions, storage, tmp_path / "sure", least=0.9) == []
    assert manifest(tmp_path / "sure") == []


@pytest.mark.parametrize("weight", ["0", "1.5", "-1", "nan", "much"])
def test_a_weight_that_is_none_is_named_with_its_line(tmp_path: Path, weight: str) -> None:
    (tmp_path / "a.png").touch()
    manifest_ = tmp_path / "manifest.csv"
    manifest_.write_text(f"path,label,group,domain,weight\na.png,human,g,photo,{weight}\n")
    with pytest.raises(Rejected, match="line 2 has the weight"):
        read_corpus(manifest_)


def test_an_overturned_label_is_exported_as_it_is_now(
    sessions: Sessions, bucket: Bucket, storage: Storage, tmp_path: Path
) -> None:
    """While the appeal waits, the label that was appealed still holds."""
    key = decided(sessions, bucket, HumanLabel.SYNTHETIC, seed=21)
    with sessions.begin() as session:
        image = effective.image_of(session, bucket.name, key)
        filing = appeals.Filing(
            image_id=image, bucket=None, key=None, appellant="mika", statement=None, filed_by="service:shop"
        )
        appeal_id = appeals.file(session, filing, [], per_day=5, deadline_seconds=3600)
        item = session.get_one(Appeal, appeal_id).item_id
    name = f"{bucket.name}/{key}"
    assert [each.label for each in run(sessions, storage, tmp_path / "before") if each.name == name] == ["ai"]
    with sessions.begin() as session:
        claimed = review.claim(session, item, "ben", lease_seconds=60)
        assert claimed is not None
        decide(session, item, "ben", claimed.lease_number, label=HumanLabel.GENUINE)
    (found,) = [each for each in run(sessions, storage, tmp_path / "after") if each.name == name]
    assert (found.label, round(found.weight, 4)) == ("human", 0.8)
    assert "mika" not in (tmp_path / "after" / labels.MANIFEST).read_text()

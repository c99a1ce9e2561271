"""A stored verdict, found by any of its names and read back as the detector gave it."""

from __future__ import annotations

from pathlib import Path

import pytest

from detector.bundle import read_bundle
from detector.detect import Detector
from detector.reasons import Fault, Reason, Rejected
from detector.vector import Vector, VectorSchema
from tests.bundles import make_bundle
from tests.servers import Bucket
from tests.worker.evidence.conftest import Scan
from tests.worker.inbox import Sessions
from worker.evidence.filed import bundle_of, find
from worker.review import desk

_UNKNOWN = "01a21dee-e854-713b-8a28-d21d7f2ef04a"


def test_it_is_found_by_its_id_its_item_its_image_its_event_and_its_object(
    scan: Scan, sessions: Sessions, bucket: Bucket
) -> None:
    verdict = scan(131)
    with sessions.begin() as session:
        item = desk.claim_next(session, "ann", lease_seconds=60)
        filed = find(session, str(verdict.id))
        names = [item.id, verdict.image_id, verdict.event_id, f"s3://{bucket.name}/{filed.image.key}"]
        assert {find(session, str(name)).verdict.id for name in names} == {verdict.id}


@pytest.mark.parametrize("level", [60, 131, 220])
def test_it_is_read_back_as_the_detector_gave_it(
    scan: Scan, sessions: Sessions, tiny_bundle: Path, level: int
) -> None:
    stored = scan(level, "anime")
    bundle = read_bundle(tiny_bundle)
    with sessions() as session:
        filed = find(session, str(stored.id))
    given = filed.given(bundle.schema)
    (again,) = Detector(bundle, embedder=None, veto=None).judge_stored(
        [given.vector],
        lambda _: None,  # type: ignore[arg-type,return-value]  # there is no veto
        ["anime"],
    )
    names = (
        "label",
        "probability",
        "raw",
        "members",
        "veto",
        "thresholds",
        "warranty",
        "runtime",
        "precision",
    )
    assert {name: getattr(given, name) for name in names} == {name: getattr(again, name) for name in names}
    assert bundle_of(filed).id == bundle.id


def test_a_vector_of_another_schema_is_refused(scan: Scan, sessions: Sessions) -> None:
    with sessions() as session:
        filed = find(session, str(scan(60).id))
    with pytest.raises(ValueError, match="bytes of a vector"):
        filed.given(VectorSchema(groups=("hc148", "linework8")))
    assert isinstance(filed.given(VectorSchema()).vector, Vector)


@pytest.mark.parametrize("asked", [_UNKNOWN, "s3://nowhere/a.png"])
def test_what_is_not_there_is_said(sessions: Sessions, asked: str) -> None:
    with sessions() as session, pytest.raises(Rejected, match="artgate show") as refused:
        find(session, asked)
    assert refused.value.reason is Reason.NOT_FOUND


def test_what_is_neither_an_id_nor_an_address_is_said(sessions: Sessions) -> None:
    with sessions() as session, pytest.raises(Rejected, match="neither an id nor an address"):
        find(session, "picture.png")


def test_another_bundle_does_not_stand_in_for_the_one_that_judged(
    scan: Scan, sessions: Sessions, tmp_path: Path
) -> None:
    with sessions() as session:
        filed = find(session, str(scan(60).id))
    with pytest.raises(Fault, match="name the former") as refused:
        bundle_of(filed, make_bundle(tmp_path, seed=8))
    assert refused.value.reason is Reason.BUNDLE_HASH_MISMATCH

"""A real bundle over vectors that a scan has stored, with real pictures behind the veto."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select, update

from db.models import BackfillState, Image, ReviewItem, Verdict, VerdictLabel, VerdictOrigin
from db.queries import backfills
from db.queries.features import StoredVector
from detector import Detector
from detector.bundle import read_bundle
from detector.reasons import Fault, Reason, Transient
from tests.bundles import make_vouched_bundle
from tests.pictures import encode, flat
from tests.servers import Bucket
from tests.worker.conftest import ScanGray
from tests.worker.filing import file_image, file_vector
from tests.worker.inbox import Sessions, take_in
from worker.backfill import run as runs
from worker.backfill.gallery import StoredPictures
from worker.backfill.judge import BundleJudge, open_gallery, open_judge, open_registered_judge
from worker.clock import new_id
from worker.scan import open_scanner
from worker.settings import Settings

Scan = Callable[..., UUID]
LEVELS = {VerdictLabel.GENUINE: 60, VerdictLabel.UNCERTAIN: 131, VerdictLabel.SYNTHETIC: 220}


@pytest.fixture(scope="module")
def settings(settings: Settings, tiny_bundle: Path) -> Settings:
    return settings.model_copy(update={"bundle": tiny_bundle})


@pytest.fixture
def scan(scan_gray: ScanGray) -> Scan:
    """Uploads a gray picture that gets this verdict, scans it, and gives its image's id."""

    def run(label: VerdictLabel, domain: str | None = None) -> UUID:
        image = scan_gray(LEVELS[label], domain).image_id
        assert image is not None
        return image

    return run


class Doubting:
    """A veto that is never convinced."""

    threshold = 0.5

    def probability(self, rgb: Any) -> float:
        assert rgb.shape == (80, 90, 3)
        return 0.25


@pytest.fixture(scope="module")
def gallery(settings: Settings) -> Iterator[StoredPictures]:
    with closing(open_gallery(settings)) as opened:
        yield opened


def doubting_judge(path: Path, gallery: StoredPictures, **options: Any) -> BundleJudge:
    veto: Any = Doubting()
    return BundleJudge(Detector(read_bundle(path), embedder=None, veto=veto), gallery, **options)


def vectors_of(sessions: Sessions, *image_ids: UUID) -> list[StoredVector]:
    with sessions() as session:
        page = backfills.page(session, "none", "hc148.v1", after=None, limit=1000)
    return [vector for vector in page.vectors if vector.image_id in image_ids]


def verdicts_of(sessions: Sessions, image_id: UUID) -> dict[VerdictOrigin, Verdict]:
    with sessions() as session:
        found = session.scalars(select(Verdict).where(Verdict.image_id == image_id))
        return {verdict.origin: verdict for verdict in found}


def test_a_backfill_gives_the_verdicts_that_a_scan_would_have_given(
    scan: Scan, sessions: Sessions, settings: Settings, tmp_path: Path
) -> None:
    """The same numbers, written beside those that stand."""
    image_ids = [scan(label) for label in LEVELS]
    twin = make_vouched_bundle(tmp_path, seed=3)
    with open_judge(settings, twin) as judge:
        with sessions.begin() as session:
            judge.register(session, twin)
            run = runs.begin(session, judge.bundle_id, 3)
        while (stepped := runs.step(sessions, run.id, judge)) and stepped.state is BackfillState.RUNNING:
            pass
    assert stepped is not None
    assert (stepped.state, stepped.scored, stepped.failed) == (BackfillState.DONE, 3, 0)
    for image_id, label in zip(image_ids, LEVELS, strict=True):
        both = verdicts_of(sessions, image_id)
        scanned, filled = both[VerdictOrigin.SCAN], both[VerdictOrigin.BACKFILL]
        assert scanned.label == filled.label == label
        assert filled.svm == pytest.approx(scanned.svm, abs=1e-12)
        assert (filled.features_id, filled.runtime) == (scanned.features_id, scanned.runtime)
        assert filled.event_id is None


def test_a_picture_that_a_backfill_left_to_people_reaches_them_when_it_is_scanned_again(
    scan: Scan, sessions: Sessions, settings: Settings, tmp_path: Path
) -> None:
    """The run opens no item; the scan by that bundle tells the run's verdict and opens one, once."""
    image_id = scan(VerdictLabel.UNCERTAIN)
    twin = make_vouched_bundle(tmp_path, seed=5)
    with open_judge(settings, twin) as judge:
        with sessions.begin() as session:
            judge.register(session, twin)
            run = runs.begin(session, judge.bundle_id, 1)
        while (stepped := runs.step(sessions, run.id, judge)) and stepped.goes_on:
            pass
    filled = verdicts_of(sessions, image_id)[VerdictOrigin.BACKFILL]
    assert filled.label is VerdictLabel.UNCERTAIN
    assert items_about(sessions, filled.id) == 0
    with closing(open_scanner(settings.model_copy(update={"bundle": twin}), "host:2")) as scanner:
        for _ in range(2):
            with sessions() as session:
                image = session.get_one(Image, image_id)
            scanner.scan(take_in(sessions, image.bucket, image.key, etag=image.etag))
    assert items_about(sessions, filled.id) == 1


def items_about(sessions: Sessions, verdict_id: UUID) -> int:
    """Review items about a verdict."""
    with sessions() as session:
        about = select(func.count()).where(ReviewItem.verdict_id == verdict_id)
        return session.execute(about).scalar_one()


def test_a_filled_verdict_carries_the_rate_of_the_domain_that_was_stated(
    scan: Scan, sessions: Sessions, settings: Settings, tiny_bundle: Path
) -> None:
    image_ids = [scan(VerdictLabel.SYNTHETIC, domain) for domain in ("anime", None)]
    with open_judge(settings, tiny_bundle) as judge, sessions() as session:
        verdicts = judge.judge(session, vectors_of(sessions, *image_ids)).verdicts
    cells = {verdict.image_id: (verdict.warranty or {}).get("domain") for verdict in verdicts}
    assert cells == dict(zip(image_ids, ("anime", "photo"), strict=True))


def test_the_veto_looks_at_the_pictures_of_would_be_synthetic_ones(
    scan: Scan, sessions: Sessions, settings: Settings, gallery: StoredPictures, tiny_bundle: Path
) -> None:
    image_ids = [scan(label) for label in LEVELS]
    stored = vectors_of(sessions, *image_ids)
    judge = doubting_judge(tiny_bundle, gallery)
    assert judge.count_synthetic(stored) == 1
    with open_judge(settings, tiny_bundle) as plain:
        assert plain.count_synthetic(stored) == 0, "no veto, no picture"
    with sessions() as session:
        judged = {verdict.image_id: verdict for verdict in judge.judge(session, stored).verdicts}
    softened = judged[image_ids[2]]
    assert softened.label is VerdictLabel.UNCERTAIN
    assert softened.label_before_veto is VerdictLabel.SYNTHETIC
    assert (softened.veto_applied, softened.veto_probability) == (True, 0.25)
    assert [judged[each].veto_probability for each in image_ids[:2]] == [None, None]


def _removed(sessions: Sessions, bucket: Bucket, image: Image) -> None:
    with sessions.begin() as session:
        session.execute(update(Image).where(Image.id == image.id).values(removed_at=image.created_at))


def _deleted(sessions: Sessions, bucket: Bucket, image: Image) -> None:
    bucket.client.delete_object(Bucket=image.bucket, Key=image.key)


def _replaced(sessions: Sessions, bucket: Bucket, image: Image) -> None:
    bucket.put(image.key, encode(flat(80, 90)))


@pytest.mark.parametrize("lose", [_removed, _deleted, _replaced])
def test_nobody_is_accused_whose_picture_can_not_be_had_any_more(
    scan: Scan,
    sessions: Sessions,
    gallery: StoredPictures,
    bucket: Bucket,
    tiny_bundle: Path,
    lose: Callable[[Sessions, Bucket, Image], None],
) -> None:
    image_id = scan(VerdictLabel.SYNTHETIC)
    with sessions() as session:
        image = session.execute(select(Image).where(Image.id == image_id)).scalar_one()
    lose(sessions, bucket, image)
    with sessions() as session:
        stored = vectors_of(sessions, image_id)
        (verdict,) = doubting_judge(tiny_bundle, gallery).judge(session, stored).verdicts
    assert (verdict.label, verdict.reason) == (VerdictLabel.UNCERTAIN, Reason.VETO_UNAVAILABLE)
    assert (verdict.veto_applied, verdict.veto_probability) == (False, None)


def test_a_storage_that_is_away_stops_the_page(
    scan: Scan, sessions: Sessions, settings: Settings, gallery: StoredPictures, tiny_bundle: Path
) -> None:
    image_id = scan(VerdictLabel.SYNTHETIC)
    away = settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9", "s3_fetch_seconds": 1.0})
    with sessions() as session, closing(open_gallery(away)) as unreachable, pytest.raises(Transient):
        doubting_judge(tiny_bundle, unreachable).judge(session, vectors_of(sessions, image_id))


def test_a_page_ends_when_its_time_is_up_but_never_before_its_first_vector(
    scan: Scan, sessions: Sessions, gallery: StoredPictures, tiny_bundle: Path
) -> None:
    image_ids = [scan(VerdictLabel.GENUINE) for _ in range(3)]
    stored = vectors_of(sessions, *image_ids)
    for seconds, looked in ((0.0, 1), (60.0, 3)):
        judge = doubting_judge(tiny_bundle, gallery, seconds=seconds)
        with sessions() as session:
            judged = judge.judge(session, stored)
        assert (judged.scored, judged.last) == (looked, stored[looked - 1].image_id)


def test_a_vector_that_can_not_be_read_is_counted_and_passed_over(
    scan: Scan, sessions: Sessions, gallery: StoredPictures, tiny_bundle: Path
) -> None:
    good = scan(VerdictLabel.GENUINE)
    with sessions.begin() as session:
        short, unreal = (file_image(session, "uploads", f"{new_id()}.png") for _ in range(2))
        file_vector(session, short, "hc148.v1", [0.5])
        file_vector(session, unreal, "hc148.v1", [float(np.nan)] * 148)
    stored = vectors_of(sessions, good, short, unreal)
    with sessions() as session:
        judged = doubting_judge(tiny_bundle, gallery).judge(session, stored)
    assert (judged.scored, judged.failed) == (1, 2)
    assert judged.last == stored[-1].image_id


def test_workers_open_a_bundle_by_its_id(
    scan: Scan, sessions: Sessions, settings: Settings, gallery: StoredPictures, tiny_bundle: Path
) -> None:
    scan(VerdictLabel.GENUINE)  # which registers it
    known = read_bundle(tiny_bundle).id
    assert open_registered_judge(settings, sessions, gallery, known).bundle_id == known
    with pytest.raises(Fault) as caught:
        open_registered_judge(settings, sessions, gallery, "0" * 64)
    assert caught.value.reason is Reason.BUNDLE_INVALID

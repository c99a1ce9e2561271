"""Pictures without a vector that the bundle reads: fetched from a real storage, measured and judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from db.base import db_now
from db.models import BackfillState, Features, Image, Verdict
from db.queries import backfills, features
from db.queries.backfills import StoredBackfill
from detector.reasons import Transient
from tests.bundles import make_bundle
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.filing import file_image, file_vector
from tests.worker.inbox import Sessions
from worker.backfill import run as runs
from worker.backfill.judge import BundleJudge, open_judge
from worker.backfill.survey import survey
from worker.clock import new_id
from worker.settings import Settings

SCHEMA = "hc148.v1"


@pytest.fixture
def judge(settings: Settings, tmp_path: Path) -> Iterator[BundleJudge]:
    """Of a bundle that has judged nothing."""
    with open_judge(settings, make_bundle(tmp_path, seed=new_id().int % 2**32)) as opened:
        yield opened


def file_old(sessions: Sessions, bucket: Bucket, seed: int) -> UUID:
    """A stored picture whose only vector is of a schema that no bundle here reads."""
    data, key = jpeg(seed=seed), f"{new_id()}.jpg"
    etag = bucket.put(key, data)
    with sessions.begin() as session:
        digest = hashlib.sha256(data).digest()
        image = file_image(session, bucket.name, key, etag=etag, sha256=digest, size=len(data))
        file_vector(session, image, "hc148.v0", [0.5])
    return image


def run_to_its_end(sessions: Sessions, judge: BundleJudge, path: Path) -> StoredBackfill:
    """A run that measures."""
    with sessions.begin() as session:
        judge.register(session, path)
        run = runs.begin(session, judge.bundle_id, 0, measures=True).id
    while (stepped := runs.step(sessions, run, judge, size=2)) is not None:
        if stepped.state is not BackfillState.RUNNING:
            return stepped
    raise AssertionError("another process holds the run")


def judged_by(sessions: Sessions, judge: BundleJudge) -> set[UUID]:
    with sessions() as session:
        found = session.scalars(select(Verdict.image_id).where(Verdict.bundle_id == judge.bundle_id))
        return set(found)


def test_pictures_are_measured_stored_and_judged_and_those_that_are_gone_are_counted(
    sessions: Sessions, bucket: Bucket, judge: BundleJudge, tmp_path: Path
) -> None:
    """Deleted, replaced and removed ones get no verdict; a second run finds nothing left to measure."""
    there = [file_old(sessions, bucket, seed) for seed in range(3)]
    gone = [file_old(sessions, bucket, seed) for seed in (3, 4, 5)]
    with sessions.begin() as session:
        deleted, replaced, removed = (session.get_one(Image, image) for image in gone)
        bucket.client.delete_object(Bucket=bucket.name, Key=deleted.key)
        bucket.put(replaced.key, jpeg(seed=99))
        session.execute(update(Image).where(Image.id == removed.id).values(removed_at=db_now()))

    ended = run_to_its_end(sessions, judge, tmp_path)

    assert (ended.state, ended.measured, ended.gone) == (BackfillState.DONE, 3, 3)
    assert (ended.scored, ended.written, ended.failed) == (3, 3, 0)
    assert judged_by(sessions, judge) == set(there)
    with sessions() as session:
        assert all(features.latest(session, image, SCHEMA) is not None for image in there)
        assert all(features.latest(session, image, SCHEMA) is None for image in gone)


def test_a_plan_measures_some_pictures_and_keeps_nothing(
    sessions: Sessions, bucket: Bucket, judge: BundleJudge
) -> None:
    """Erased pictures are none of its business."""
    waits, erased = (file_old(sessions, bucket, seed) for seed in (6, 7))
    with sessions.begin() as session:
        session.execute(update(Image).where(Image.id == erased).values(erased_at=db_now()))
    before = vectors(sessions)

    plan = survey(sessions, judge, measures=True)

    assert plan.trial is not None
    assert plan.unmeasured == plan.trial.pictures > 0
    assert plan.gone == plan.trial.gone
    assert plan.measuring_seconds == pytest.approx(plan.trial.seconds)
    assert plan.cost(3600.0) == pytest.approx(plan.scoring_seconds + plan.measuring_seconds)
    assert vectors(sessions) == before
    with sessions() as session:
        assert features.latest(session, waits, SCHEMA) is None


def test_a_plan_without_measuring_asks_for_no_picture(sessions: Sessions, judge: BundleJudge) -> None:
    plan = survey(sessions, judge)
    assert (plan.unmeasured, plan.trial, plan.gone, plan.measuring_seconds) == (0, None, 0, 0.0)


def test_a_storage_that_is_away_leaves_the_run_where_it_stood(
    sessions: Sessions, bucket: Bucket, settings: Settings, tmp_path: Path
) -> None:
    """Nothing is counted as gone that may be there."""
    file_old(sessions, bucket, 8)
    away = settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9", "s3_fetch_seconds": 1.0})
    with (
        open_judge(away, make_bundle(tmp_path, seed=77)) as unreachable,
        pytest.raises(Transient),
    ):
        run_to_its_end(sessions, unreachable, tmp_path)
    with sessions() as session:
        run = backfills.running(session, unreachable.bundle_id)
    assert run is not None
    assert (run.gone, run.measured) == (0, 0)


def vectors(sessions: Sessions) -> int:
    with sessions() as session:
        return session.execute(select(func.count()).select_from(Features)).scalar_one()

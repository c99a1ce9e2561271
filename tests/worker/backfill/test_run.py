"""Backfills on real PostgreSQL: resumable, exactly once, and harmless to what people decided."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select

from db.models import (
    BackfillState,
    Decision,
    HumanLabel,
    ItemState,
    Message,
    ReviewItem,
    Verdict,
    VerdictOrigin,
)
from db.queries import backfills
from detector.reasons import Fault
from tests.worker.backfill.straight import PAGE, SCHEMA, StraightJudge
from tests.worker.filing import file_bundle, file_image, file_uncertain, file_vector
from tests.worker.inbox import Sessions
from worker.backfill import run as runs
from worker.clock import new_id
from worker.review import deciding, desk

NewBundle = Callable[[], str]
IMAGES = 10 * PAGE + 3


@pytest.fixture
def new_bundle(sessions: Sessions) -> NewBundle:
    """Registers another bundle at each call."""

    def make() -> str:
        with sessions.begin() as session:
            return file_bundle(session, hashlib.sha256(new_id().bytes).hexdigest())

    return make


@pytest.fixture(scope="module")
def images(sessions: Sessions) -> list[UUID]:
    """Pictures with a vector each, and one with a vector of another schema."""
    with sessions.begin() as session:
        found = [file_image(session, "uploads", f"{number}.png") for number in range(IMAGES)]
        for number, image in enumerate(found):
            file_vector(session, image, SCHEMA, [number / IMAGES, 1.0])
        file_vector(session, file_image(session, "uploads", "other.png"), "other.v1", [0.5])
    return found


def begin(sessions: Sessions, bundle: str) -> UUID:
    """Begin a run over what the bundle has not judged."""
    with sessions.begin() as session:
        return runs.begin(session, bundle, backfills.pending(session, bundle, SCHEMA)).id


def finish(sessions: Sessions, run: UUID, judge: StraightJudge) -> backfills.StoredBackfill:
    """Step until the run has ended."""
    while (stepped := runs.step(sessions, run, judge, size=PAGE)) is not None:
        if stepped.state is not BackfillState.RUNNING:
            return stepped
    raise AssertionError("another process holds the run")


def judged(sessions: Sessions, bundle: str) -> list[UUID]:
    """Images with a verdict of the bundle, one entry for each verdict."""
    with sessions() as session:
        return list(session.scalars(select(Verdict.image_id).where(Verdict.bundle_id == bundle)))


def test_a_run_judges_every_matching_image_once(
    sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """Its verdicts say that they come of a backfill; vectors of another schema are left alone."""
    bundle = new_bundle()
    run = finish(sessions, begin(sessions, bundle), StraightJudge(bundle))
    assert (run.state, run.total, run.scored, run.written) == (BackfillState.DONE, IMAGES, IMAGES, IMAGES)
    assert sorted(judged(sessions, bundle)) == sorted(images)
    with sessions() as session:
        origins = session.scalars(select(Verdict.origin).where(Verdict.bundle_id == bundle).distinct())
        assert origins.all() == [VerdictOrigin.BACKFILL]


def test_a_run_that_was_killed_goes_on_and_judges_nothing_twice(
    database: str, sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """kill -9 half-way: the next process ends it, with exactly one verdict for each image and bundle."""
    bundle = new_bundle()
    run = begin(sessions, bundle)
    program = [sys.executable, "-m", "tests.worker.backfill.straight", database, str(run), bundle]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < IMAGES // 2:
            pass
        process.kill()
    assert process.returncode == -signal.SIGKILL
    done = len(judged(sessions, bundle))
    assert IMAGES // 2 <= done < IMAGES
    assert begin(sessions, bundle) == run
    ended = finish(sessions, run, StraightJudge(bundle))
    assert sorted(judged(sessions, bundle)) == sorted(images)
    assert (ended.scored, ended.written, ended.skipped) == (IMAGES, IMAGES, 0)


def test_two_processes_at_one_run_share_it(
    sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """One is at its page while the other finds nothing to do; the counts add up."""
    bundle = new_bundle()
    run = begin(sessions, bundle)

    def work(_: int) -> None:
        while True:
            runs.step(sessions, run, StraightJudge(bundle), size=PAGE)
            with sessions() as session:
                found = backfills.get(session, run)
            assert found is not None
            if found.state is not BackfillState.RUNNING:
                return

    with ThreadPoolExecutor(3) as crowd:
        list(crowd.map(work, range(3)))
    with sessions() as session:
        ended = backfills.get(session, run)
    assert ended is not None
    assert (ended.scored, ended.written, ended.skipped) == (IMAGES, IMAGES, 0)
    assert len(judged(sessions, bundle)) == IMAGES


def test_a_run_touches_no_decision_no_item_and_tells_nobody(
    sessions: Sessions, new_bundle: NewBundle
) -> None:
    """What a person decided stands as it stood, and so does what waits for one."""
    with sessions.begin() as session:
        decided = file_uncertain(session, "uploads", f"{new_id()}.png")
        waiting = file_uncertain(session, "uploads", f"{new_id()}.png")
        for filed in (decided, waiting):
            file_vector(session, filed.image, SCHEMA, [0.9, 1.0])
        lease = desk.claim(session, decided.item, "ann", lease_seconds=60).lease_number
        deciding.decide(
            session, decided.item, "ann", lease, label=HumanLabel.GENUINE, note=None, undo_seconds=0
        )
    before = people(sessions)
    bundle = new_bundle()
    finish(sessions, begin(sessions, bundle), StraightJudge(bundle))
    assert {decided.image, waiting.image} <= set(judged(sessions, bundle))
    assert people(sessions) == before
    with sessions() as session:
        assert desk.look(session, waiting.item).item.state is ItemState.OPEN


def people(sessions: Sessions) -> tuple[object, ...]:
    """Everything that people made or wait for."""
    with sessions() as session:
        return (
            session.execute(select(Decision.id, Decision.label, Decision.item_id)).all(),
            session.execute(select(ReviewItem.id, ReviewItem.state).order_by(ReviewItem.id)).all(),
            session.scalar(select(func.count()).select_from(Message)),
        )


def test_a_cancelled_run_keeps_what_it_wrote_and_goes_no_further(
    sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """The next run of the bundle begins anew with what is left."""
    bundle = new_bundle()
    run = begin(sessions, bundle)
    runs.step(sessions, run, StraightJudge(bundle), size=PAGE)
    with sessions.begin() as session:
        cancelled = runs.cancel(session, bundle)
    assert cancelled is not None
    assert cancelled.state is BackfillState.CANCELLED
    assert runs.step(sessions, run, StraightJudge(bundle), size=PAGE) is None
    assert len(judged(sessions, bundle)) == PAGE
    again = begin(sessions, bundle)
    assert again != run
    assert finish(sessions, again, StraightJudge(bundle)).written == cancelled.total - PAGE


def test_a_run_that_rests_takes_no_page_until_it_is_resumed(
    sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """It goes on at its cursor; a second run of the bundle can't be begun meanwhile."""
    bundle = new_bundle()
    run, judge = begin(sessions, bundle), StraightJudge(bundle)
    runs.step(sessions, run, judge, size=PAGE)
    with sessions.begin() as session:
        rests = runs.pause(session, bundle)
    assert rests is not None
    assert (rests.state, rests.goes_on) == (BackfillState.RUNNING, False)
    assert runs.step(sessions, run, judge, size=PAGE) is None
    assert begin(sessions, bundle) == run
    with sessions.begin() as session:
        resumed = runs.resume(session, bundle)
    assert resumed is not None
    assert (resumed.goes_on, resumed.cursor) == (True, rests.cursor)
    ended = finish(sessions, run, judge)
    assert ended.scored == ended.total
    with sessions.begin() as session:
        assert runs.pause(session, bundle) is None
        assert runs.resume(session, bundle) is None


def test_a_run_that_rests_can_be_cancelled(sessions: Sessions, new_bundle: NewBundle) -> None:
    bundle = new_bundle()
    begin(sessions, bundle)
    with sessions.begin() as session:
        assert runs.pause(session, bundle) is not None
        cancelled = runs.cancel(session, bundle)
    assert cancelled is not None
    assert (cancelled.state, cancelled.paused_at) == (BackfillState.CANCELLED, None)


def test_pictures_that_were_to_be_measured_and_are_gone_are_counted_once(
    sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """The picture whose vector is of another schema; it gets no verdict."""
    bundle = new_bundle()
    with sessions.begin() as session:
        run = runs.begin(session, bundle, IMAGES + 1, measures=True).id
    ended = finish(sessions, run, StraightJudge(bundle))
    with sessions() as session:
        missing = backfills.unmatched(session, bundle, SCHEMA)
        drawn = backfills.unmatched_sample(session, bundle, SCHEMA, limit=100)
    assert (ended.measured, ended.gone) == (0, missing)
    assert len(drawn) == missing > 0
    assert not set(drawn) & set(judged(sessions, bundle))


def test_a_run_is_refused_to_another_bundle(
    sessions: Sessions, images: list[UUID], new_bundle: NewBundle
) -> None:
    """Verdicts never come under the wrong bundle's name."""
    run = begin(sessions, new_bundle())
    with pytest.raises(Fault, match="another bundle"):
        runs.step(sessions, run, StraightJudge(new_bundle()), size=PAGE)

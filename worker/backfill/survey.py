"""Looks at what a backfill would meet: counts, and samples that are scored and measured and thrown away."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from db.queries import backfills
from worker.backfill.judge import BundleJudge
from worker.backfill.plan import Plan, Sample, Trial

_SAMPLE = 1000
_TRIAL = 50
"""Pictures that are measured at most; a page's time limit ends it sooner."""


def survey(
    sessions: sessionmaker[Session],
    judge: BundleJudge,
    *,
    measures: bool = False,
    size: int = _SAMPLE,
    clock: Callable[[], float] = time.perf_counter,
) -> Plan:
    """The plan of a bundle's backfill; nothing is written.

    Args:
        sessions: on the database.
        judge: of the bundle.
        measures: pictures without a vector of the bundle's schema are to be measured.
        size: vectors that are scored to see how long it takes.
        clock: in seconds.

    Raises:
        Transient: a picture can't be had just now.
    """
    with sessions() as session:
        count_patiently(session)
        coverage = backfills.coverage(session, judge.bundle_id, judge.schema_id)
        vectors = backfills.sample(session, judge.bundle_id, judge.schema_id, limit=size)
    begun = clock()
    synthetic = judge.count_synthetic(vectors)
    sample = Sample(scored=len(vectors), synthetic=synthetic, seconds=clock() - begun)
    unmeasured, trial = _trial(sessions, judge, clock) if measures else (0, None)
    return Plan(
        bundle_id=judge.bundle_id,
        schema_id=judge.schema_id,
        coverage=coverage,
        sample=sample,
        unmeasured=unmeasured,
        trial=trial,
    )


def count_patiently(session: Session) -> None:
    """Let a transaction count what takes minutes to read."""
    session.execute(text("SET LOCAL statement_timeout = 0"))


def _trial(
    sessions: sessionmaker[Session], judge: BundleJudge, clock: Callable[[], float]
) -> tuple[int, Trial | None]:
    """How many pictures have no vector, and what came of some of them; what is measured is rolled back."""
    with sessions() as session:
        count_patiently(session)
        counted = backfills.unmatched(session, judge.bundle_id, judge.schema_id)
        drawn = backfills.unmatched_sample(session, judge.bundle_id, judge.schema_id, limit=_TRIAL)
        if not drawn:
            return counted, None
        begun = clock()
        found = judge.remeasure(session, drawn)
        seconds = clock() - begun
        session.rollback()
    gone = len(found.gone)
    return counted, Trial(pictures=len(found.vectors) + gone, gone=gone, seconds=seconds)

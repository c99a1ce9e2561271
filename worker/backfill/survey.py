"""Looks at what a backfill would meet: counts, and a sample that is scored and thrown away."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from db.queries import backfills
from worker.backfill.judge import BundleJudge
from worker.backfill.plan import Plan, Sample

_SAMPLE = 1000


def survey(
    sessions: sessionmaker[Session],
    judge: BundleJudge,
    *,
    size: int = _SAMPLE,
    clock: Callable[[], float] = time.perf_counter,
) -> Plan:
    """The plan of a bundle's backfill; nothing is written."""
    with sessions() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))  # counting reads every vector's row
        coverage = backfills.coverage(session, judge.bundle_id, judge.schema_id)
        vectors = backfills.sample(session, judge.bundle_id, judge.schema_id, limit=size)
    begun = clock()
    synthetic = judge.count_synthetic(vectors)
    sample = Sample(scored=len(vectors), synthetic=synthetic, seconds=clock() - begun)
    return Plan(bundle_id=judge.bundle_id, schema_id=judge.schema_id, coverage=coverage, sample=sample)

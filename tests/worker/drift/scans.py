"""Scans whose scores and vectors are made here, put into the past."""

from __future__ import annotations

import numpy as np
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Verdict
from db.queries import bundles, verdicts
from tests.db import factories
from tests.worker.inbox import Sessions

DAY, HOUR = 86_400.0, 3_600.0
LENGTH = 148 + 12
SCHEMA = "hc148.v1+tower-1"


def judged(sessions: Sessions) -> str:
    """A bundle that was activated. Gives its id."""
    with sessions.begin() as session:
        bundle = factories.bundle(session, name="default")
        bundles.activate(session, bundle)
    return bundle


def scan(
    session: Session, bundle: str, scans: int, *, since: float, until: float, moved: float = 0.0
) -> None:
    """Scans evenly over a period that lies so many seconds back; ``moved`` moves scores and vectors."""
    rng = np.random.default_rng(scans + int(moved))
    for ago in np.linspace(since, until + 60, scans):
        image = factories.image(session)
        values = (rng.normal(size=LENGTH) + moved).astype("<f4").tobytes()
        vector = factories.vector(
            session, image, schema_id=SCHEMA, values=values, replaced=bytes(20), length=LENGTH
        )
        probability = min(1.0, rng.uniform(0, 0.5) + moved / 4)
        made = verdicts.store(session, factories.new_verdict(image, vector, bundle, probability=probability))
        session.execute(update(Verdict).where(Verdict.id == made.id).values(created_at=db_after(-float(ago))))

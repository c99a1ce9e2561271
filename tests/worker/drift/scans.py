"""Scans whose scores and vectors are made here, put into the past."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models import Features, Image, Verdict
from db.queries import bundles
from db.queries.sweeps import moment
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
    numbers = (rng.normal(size=(scans, LENGTH)) + moved).astype("<f4")
    probabilities = np.minimum(1.0, rng.uniform(0, 0.5, size=scans) + moved / 4)
    images = [factories.new_image() for _ in range(scans)]
    vectors = [
        factories.new_features(
            image.id, schema_id=SCHEMA, values=row.tobytes(), replaced=bytes(20), length=LENGTH
        )
        for image, row in zip(images, numbers, strict=True)
    ]
    verdicts = [
        factories.new_verdict(vector.image_id, vector.id, bundle, probability=float(probability))
        for vector, probability in zip(vectors, probabilities, strict=True)
    ]
    now = moment(session)
    moments = [now - timedelta(seconds=float(ago)) for ago in np.linspace(since, until + 60, scans)]
    for kind, rows in ((Image, images), (Features, vectors)):
        session.execute(insert(kind), [asdict(row) for row in rows])
    session.execute(
        insert(Verdict),
        [asdict(row) | {"created_at": at} for row, at in zip(verdicts, moments, strict=True)],
    )

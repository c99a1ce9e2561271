"""Samples of two periods, against rows that are counted by hand."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Verdict, VerdictLabel
from db.queries import drift_samples
from db.queries.drift_samples import Period
from tests.db import factories

HOUR, DAY = 3600.0, 24 * 3600.0
SCHEMA = "hc148.v1+none"


def put(
    session: Session, bundle: str, *, ago: float, probability: float = 0.5, label: str = "UNCERTAIN"
) -> None:
    made = factories.verdict(
        session, factories.image(session), bundle, probability=probability, label=VerdictLabel(label)
    )
    session.execute(update(Verdict).where(Verdict.id == made).values(created_at=db_after(-ago)))


def test_scores_and_labels_are_those_of_the_period_and_the_bundle(session: Session) -> None:
    bundle = factories.bundle(session)
    put(session, bundle, ago=HOUR, probability=0.0, label="GENUINE")
    put(session, bundle, ago=2 * DAY, probability=0.55)
    put(session, bundle, ago=6.9 * DAY, probability=1.0, label="SYNTHETIC")
    put(session, bundle, ago=7.1 * DAY, probability=0.1, label="GENUINE")
    put(session, bundle, ago=34 * DAY, probability=0.19, label="GENUINE")
    put(session, bundle, ago=36 * DAY)
    put(session, factories.bundle(session), ago=HOUR)

    now = drift_samples.scores(session, bundle, Period.NOW, an_hour=10)
    before = drift_samples.scores(session, bundle, Period.BEFORE, an_hour=10)
    assert now.bins == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert set(now.labels.values()) == {1}
    assert before.bins == [0, 2, 0, 0, 0, 0, 0, 0, 0, 0]
    assert before.labels[VerdictLabel.GENUINE] == 2


def test_a_busy_hour_gives_no_more_than_its_share(session: Session) -> None:
    bundle = factories.bundle(session)
    for second in range(5):
        put(session, bundle, ago=600 + second)
    put(session, bundle, ago=DAY)
    assert sum(drift_samples.scores(session, bundle, Period.NOW, an_hour=3).bins) == 4


def test_vectors_are_of_one_schema(session: Session) -> None:
    bundle = factories.bundle(session)
    put(session, bundle, ago=DAY)
    put(session, bundle, ago=8 * DAY)
    assert drift_samples.newest_schema(session, bundle) == SCHEMA
    assert drift_samples.newest_schema(session, factories.bundle(session)) is None
    assert drift_samples.vectors(session, bundle, Period.NOW, SCHEMA, an_hour=2) == [bytes(36)]
    assert drift_samples.vectors(session, bundle, Period.NOW, "other", an_hour=2) == []

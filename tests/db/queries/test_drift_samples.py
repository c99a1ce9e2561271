"""Samples of two periods, against rows that are counted by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Verdict, VerdictLabel, VerdictOrigin
from db.queries import drift_samples
from db.queries.drift_samples import Period
from db.queries.sweeps import moment
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


def test_a_sample_between_two_moments_is_spread_over_its_hours_and_keeps_rows_without_vectors(
    session: Session,
) -> None:
    bundle = factories.bundle(session)
    for ago, probability in ((3.5, 0.1), (3.4, 0.2), (3.3, 0.3), (1.5, 0.4), (0.5, 0.5)):
        put(session, bundle, ago=ago * HOUR, probability=probability)
    session.execute(update(Verdict).where(Verdict.probability == 0.4).values(features_id=None))
    now = moment(session)
    begin, end = now - timedelta(hours=4), now - timedelta(hours=1)
    found = drift_samples.spread(session, bundle, begin, end, an_hour=2)
    assert found == [(0.1, SCHEMA, bytes(36)), (0.2, SCHEMA, bytes(36)), (0.4, None, None)]
    rest = drift_samples.spread(session, bundle, begin, now - timedelta(minutes=1), an_hour=2)
    assert rest == found, "the last hour is not whole"


def test_scans_are_counted_from_the_first_and_no_farther_than_asked(session: Session) -> None:
    bundle = factories.bundle(session)
    assert drift_samples.first_scan(session, bundle) is None
    for hours in (3, 2, 1):
        put(session, bundle, ago=hours * HOUR)
    rescored = factories.verdict(session, factories.image(session), bundle, origin=VerdictOrigin.BACKFILL)
    session.execute(update(Verdict).where(Verdict.id == rescored).values(created_at=db_after(-9 * HOUR)))
    now, first = moment(session), drift_samples.first_scan(session, bundle)
    assert first is not None
    assert now - first == pytest.approx(timedelta(hours=3), abs=timedelta(minutes=1))
    third = drift_samples.nth_scan(session, bundle, 3)
    assert third is not None
    assert third - first == pytest.approx(timedelta(hours=2), abs=timedelta(minutes=1))
    assert drift_samples.nth_scan(session, bundle, 4) is None
    assert drift_samples.scans_since(session, bundle, now - timedelta(hours=2.5), at_most=9) == 2
    assert drift_samples.scans_since(session, bundle, first, at_most=2) == 2

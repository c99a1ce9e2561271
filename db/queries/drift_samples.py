"""Samples of verdicts and vectors of two periods, spread evenly over their hours, to be held side by side.

Up to so many rows of each hour: exact where an installation has no more, bounded where it has millions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Integer, Subquery, cast, func, literal, select, true
from sqlalchemy.orm import Session

from db.base import UtcDateTime, db_after
from db.models import Features, Verdict, VerdictLabel, VerdictOrigin

_HOUR = 3600.0


class Period(StrEnum):
    """Which of the two."""

    NOW = "now"
    BEFORE = "before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A period by its distance from the present, in hours: from ``begin`` back to ``end``."""

    begin: int
    end: int


SPANS = {Period.NOW: Span(begin=7 * 24, end=0), Period.BEFORE: Span(begin=35 * 24, end=7 * 24)}
"""This week, and the four weeks before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Verdicts of one bundle in one period, scans alone."""

    bins: list[int]
    """By calibrated probability, ten bins of equal width from 0 to 1."""
    labels: dict[VerdictLabel, int]


def scores(session: Session, bundle_id: str, period: Period, *, an_hour: int) -> Scores:
    """How a sample's probabilities and labels are spread."""
    picked = _sample(bundle_id, period, an_hour)
    bin_ = func.least(cast(func.floor(picked.c.probability * 10), Integer), 9)
    rows = session.execute(
        select(bin_, picked.c.label, func.count()).select_from(picked).group_by(bin_, picked.c.label)
    )
    bins, labels = [0] * 10, dict.fromkeys(VerdictLabel, 0)
    for number, label, count in rows:
        bins[number] += count
        labels[label] += count
    return Scores(bins=bins, labels=labels)


def vectors(session: Session, bundle_id: str, period: Period, schema_id: str, *, an_hour: int) -> list[bytes]:
    """The vectors of a sample: little-endian float32, of one schema and so of one length."""
    picked = _sample(bundle_id, period, an_hour)
    query = (
        select(Features.values)
        .join(picked, picked.c.features_id == Features.id)
        .where(Features.schema_id == schema_id)
    )
    return list(session.scalars(query))


def newest_schema(session: Session, bundle_id: str) -> str | None:
    """Schema of the vector of a bundle's newest verdict; None where it has none this week."""
    week = db_after(-_HOUR * SPANS[Period.NOW].begin)
    query = (
        select(Features.schema_id)
        .join(Verdict, Verdict.features_id == Features.id)
        .where(Verdict.bundle_id == bundle_id, Verdict.created_at >= week)
        .order_by(Verdict.created_at.desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def spread(
    session: Session, bundle_id: str, begin: datetime, end: datetime, *, an_hour: int
) -> list[tuple[float, str | None, bytes | None]]:
    """Probability, schema and vector of a sample of the scans between two moments, in their order.

    Hours are counted from ``begin``; what is left of the last one when it is not whole is passed over. A
    vector that was erased, and its schema, are None.
    """
    picked = _picked(bundle_id, literal(begin, UtcDateTime()), literal(end, UtcDateTime()), an_hour)
    query = (
        select(picked.c.probability, Features.schema_id, Features.values)
        .outerjoin_from(picked, Features, Features.id == picked.c.features_id)
        .order_by(picked.c.created_at)
    )
    return [(row.probability, row.schema_id, row.values) for row in session.execute(query)]


def first_scan(session: Session, bundle_id: str) -> datetime | None:
    """When a bundle's first scan was written; None where it has none."""
    return nth_scan(session, bundle_id, 1)


def nth_scan(session: Session, bundle_id: str, n: int) -> datetime | None:
    """When a bundle's ``n``-th scan was written, counted from the first; None where it has fewer."""
    query = (
        select(Verdict.created_at)
        .where(Verdict.bundle_id == bundle_id, Verdict.origin == VerdictOrigin.SCAN)
        .order_by(Verdict.created_at)
        .offset(n - 1)
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def scans_since(session: Session, bundle_id: str, begin: datetime, *, at_most: int) -> int:
    """How many scans a bundle has since a moment, counted no farther than ``at_most``."""
    found = (
        select(Verdict.id)
        .where(
            Verdict.bundle_id == bundle_id, Verdict.origin == VerdictOrigin.SCAN, Verdict.created_at >= begin
        )
        .limit(at_most)
        .subquery()
    )
    return session.execute(select(func.count()).select_from(found)).scalar_one()


def _sample(bundle_id: str, period: Period, an_hour: int) -> Subquery:
    """The first verdicts of each hour of a period."""
    span = SPANS[period]
    return _picked(bundle_id, db_after(-_HOUR * span.begin), db_after(-_HOUR * span.end), an_hour)


def _picked(
    bundle_id: str, begin: ColumnElement[datetime], end: ColumnElement[datetime], an_hour: int
) -> Subquery:
    """The first scans of each hour between two moments."""
    hour = func.make_interval(0, 0, 0, 0, 1)
    hours = (
        func.generate_series(begin, end - hour, hour, type_=UtcDateTime())
        .table_valued("begin", name="hours")
        .render_derived()
    )
    first = (
        select(Verdict.probability, Verdict.label, Verdict.features_id, Verdict.created_at)
        .where(
            Verdict.bundle_id == bundle_id,
            Verdict.origin == VerdictOrigin.SCAN,
            Verdict.created_at >= hours.c.begin,
            Verdict.created_at < hours.c.begin + hour,
        )
        .order_by(Verdict.created_at)
        .limit(literal(an_hour))
        .lateral("first")
    )
    return select(first).select_from(hours).join(first, true()).subquery("picked")

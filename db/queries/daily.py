"""Figures that are reckoned of each bundle once a day: of what people found, and of drift."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Bundle
from db.models.daily import BundleDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The figures of one bundle as one day found them."""

    bundle_id: str
    bundle: str
    """Its name."""
    day: dt.date
    figures: dict[str, Any]
    measured_at: datetime


def measured_today(session: Session, kind: type[BundleDay], bundle_id: str | None = None) -> bool:
    """Whether a bundle's figures, or those of any, are of today, by PostgreSQL's clock."""
    today = select(kind.day).where(kind.day == func.date(db_now())).limit(1)
    if bundle_id is not None:
        today = today.where(kind.bundle_id == bundle_id)
    return session.scalars(today).one_or_none() is not None


def keep(session: Session, kind: type[BundleDay], bundle_id: str, figures: dict[str, Any]) -> None:
    """Keep a bundle's figures of today, in place of earlier ones of today."""
    row = insert(kind).values(bundle_id=bundle_id, day=func.date(db_now()), figures=figures)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[kind.bundle_id, kind.day],
            set_={"figures": figures, "measured_at": db_now()},
        )
    )


def newest(session: Session, kind: type[BundleDay], bundle_id: str) -> Day | None:
    """The newest figures of one bundle."""
    found = course(session, kind, bundle_id, days=1)
    return found[0] if found else None


def latest(session: Session, kind: type[BundleDay]) -> list[Day]:
    """The newest figures of each bundle, the newest first."""
    query = (
        select(kind, Bundle.name)
        .join(Bundle, Bundle.id == kind.bundle_id)
        .ext(distinct_on(kind.bundle_id))
        .order_by(kind.bundle_id, kind.day.desc())
    )
    found = [_day(row, name) for row, name in session.execute(query)]
    return sorted(found, key=lambda each: each.measured_at, reverse=True)


def course(session: Session, kind: type[BundleDay], bundle_id: str, *, days: int) -> list[Day]:
    """The figures of a bundle on its last so many measured days, oldest first."""
    query = (
        select(kind, Bundle.name)
        .join(Bundle, Bundle.id == kind.bundle_id)
        .where(kind.bundle_id == bundle_id)
        .order_by(kind.day.desc())
        .limit(days)
    )
    return [_day(row, name) for row, name in session.execute(query)][::-1]


def _day(row: BundleDay, name: str) -> Day:
    return Day(
        bundle_id=row.bundle_id, bundle=name, day=row.day, figures=row.figures, measured_at=row.measured_at
    )

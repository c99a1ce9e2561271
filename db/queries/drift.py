"""The references and the daily figures of drift, and which bundle they are of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Bundle, BundleState, DriftDay, DriftReference, Verdict, VerdictOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReference:
    """What a bundle's later uploads are compared with."""

    schema_id: str | None
    begins_at: datetime
    ends_at: datetime
    scans: int
    vectors: int
    parts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The figures of one bundle as one day found them."""

    bundle_id: str
    bundle: str
    """Its name."""
    day: dt.date
    figures: dict[str, Any]
    measured_at: datetime


def speaking(session: Session, name: str) -> str | None:
    """The bundle that judges: the active one of ``name``, else that of the newest scan, if there is one.

    Where none was ever activated, workers judge with the bundle of their settings, which is only registered.
    """
    newest = (
        select(func.max(Verdict.created_at))
        .where(Verdict.bundle_id == Bundle.id, Verdict.origin == VerdictOrigin.SCAN)
        .scalar_subquery()
    )
    active = (Bundle.state == BundleState.ACTIVE) & (Bundle.name == name)
    query = (
        select(Bundle.id)
        .where(active | newest.is_not(None))
        .order_by(active.desc(), newest.desc().nulls_last())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def reference(session: Session, bundle_id: str) -> StoredReference | None:
    """A bundle's reference; None before it was made."""
    row = session.get(DriftReference, bundle_id)
    if row is None:
        return None
    return StoredReference(**{name: getattr(row, name) for name in StoredReference.__dataclass_fields__})


def keep_reference(session: Session, bundle_id: str, made: StoredReference) -> None:
    """Keep a bundle's reference. The first one stays, whoever else makes one."""
    values = {name: getattr(made, name) for name in StoredReference.__dataclass_fields__}
    session.execute(
        insert(DriftReference)
        .values(bundle_id=bundle_id, **values)
        .on_conflict_do_nothing(index_elements=[DriftReference.bundle_id])
    )


def measured_today(session: Session, bundle_id: str) -> bool:
    """Whether a bundle's figures are of today, by PostgreSQL's clock."""
    today = select(DriftDay.day).where(DriftDay.bundle_id == bundle_id, DriftDay.day == func.date(db_now()))
    return session.scalars(today).one_or_none() is not None


def keep(session: Session, bundle_id: str, figures: dict[str, Any]) -> None:
    """Keep a bundle's figures of today, in place of earlier ones of today."""
    row = insert(DriftDay).values(bundle_id=bundle_id, day=func.date(db_now()), figures=figures)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[DriftDay.bundle_id, DriftDay.day],
            set_={"figures": figures, "measured_at": db_now()},
        )
    )


def newest(session: Session, bundle_id: str) -> Day | None:
    """The newest figures of one bundle."""
    found = course(session, bundle_id, days=1)
    return found[0] if found else None


def latest(session: Session) -> list[Day]:
    """The newest figures of each bundle, the newest first."""
    query = (
        select(DriftDay, Bundle.name)
        .join(Bundle, Bundle.id == DriftDay.bundle_id)
        .ext(distinct_on(DriftDay.bundle_id))
        .order_by(DriftDay.bundle_id, DriftDay.day.desc())
    )
    found = [_day(row, name) for row, name in session.execute(query)]
    return sorted(found, key=lambda each: each.measured_at, reverse=True)


def course(session: Session, bundle_id: str, *, days: int) -> list[Day]:
    """The figures of a bundle on its last so many measured days, oldest first."""
    query = (
        select(DriftDay, Bundle.name)
        .join(Bundle, Bundle.id == DriftDay.bundle_id)
        .where(DriftDay.bundle_id == bundle_id)
        .order_by(DriftDay.day.desc())
        .limit(days)
    )
    return [_day(row, name) for row, name in session.execute(query)][::-1]


def _day(row: DriftDay, name: str) -> Day:
    return Day(
        bundle_id=row.bundle_id, bundle=name, day=row.day, figures=row.figures, measured_at=row.measured_at
    )

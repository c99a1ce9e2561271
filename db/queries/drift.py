"""What drift is measured against, and of which bundle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Bundle, BundleState, DriftReference, Verdict, VerdictOrigin


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReference:
    """What a bundle's later uploads are compared with."""

    schema_id: str | None
    begins_at: datetime
    ends_at: datetime
    scans: int
    vectors: int
    parts: bytes


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

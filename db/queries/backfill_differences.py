"""What the verdicts of a backfill would change: they stand beside those of scans, picture by picture."""

from __future__ import annotations

from sqlalchemy import CTE, func, select, true
from sqlalchemy.orm import Session, aliased

from db.models import Image, Verdict, VerdictOrigin
from db.queries.comparisons import Cell


def cells(session: Session, bundle_id: str) -> list[Cell]:
    """How often a label of the newest scan met one of the backfill, by domain. Reads all its verdicts."""
    pairs = _pairs(bundle_id)
    query = (
        select(Image.domain, pairs.c.usual, pairs.c.trial, func.count().label("count"))
        .join(pairs, pairs.c.image_id == Image.id)
        .group_by(Image.domain, pairs.c.usual, pairs.c.trial)
        .order_by(Image.domain.nulls_last(), pairs.c.usual, pairs.c.trial)
    )
    return [Cell(**row._mapping) for row in session.execute(query)]


def _pairs(bundle_id: str) -> CTE:
    """Image and both labels; images that no scan has judged are left out."""
    filled, newest = aliased(Verdict, name="filled"), aliased(Verdict, name="newest")
    scanned = (
        select(newest.label)
        .where(newest.image_id == filled.image_id, newest.origin == VerdictOrigin.SCAN)
        .order_by(newest.created_at.desc(), newest.id.desc())
        .limit(1)
        .lateral("scanned")
    )
    return (
        select(filled.image_id, scanned.c.label.label("usual"), filled.label.label("trial"))
        .join(scanned, true())
        .where(filled.bundle_id == bundle_id, filled.origin == VerdictOrigin.BACKFILL)
        .cte("pairs")
    )

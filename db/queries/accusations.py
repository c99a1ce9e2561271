"""How often the machine alone has called one person's pictures SYNTHETIC of late."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Image, Verdict, VerdictLabel, VerdictOrigin

_DAY_SECONDS = 86_400.0
_LOCK = "accusations/"


def within_limit(session: Session, uploader: str, *, limit: int) -> bool:
    """Whether another SYNTHETIC of an uploader stays within ``limit`` in 24 hours.

    Transactions that ask of one uploader take turns from here to their commit, so that two verdicts that are
    written at once are counted both.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK + uploader, 0))))
    late = (
        select(Verdict.id)
        .join(Image, Image.id == Verdict.image_id)
        .where(
            Image.uploader == uploader,
            Verdict.label == VerdictLabel.SYNTHETIC,
            Verdict.origin == VerdictOrigin.SCAN,
            Verdict.created_at > db_after(-_DAY_SECONDS),
        )
        .limit(limit)
    )
    return len(session.scalars(late).all()) < limit

"""Forgets a picture, an object or all that a person uploaded, page by page; the last page writes the report.

What is still being scanned can't be forgotten, as the scan would write it anew: the request is to come again.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.queries import erasures, forgetting
from db.queries.erasures import Subject
from detector.reasons import Reason, Rejected
from worker.clock import new_id

PAGE = 100
"""Pictures that one transaction forgets."""


def begin(session: Session, subject: Subject, *, asked_by: str) -> UUID:
    """Note what is to be forgotten. Returns the erasure's id.

    Raises:
        Rejected: ``not_found``: there is nothing of it; ``still_working``: an upload of it is not done.
    """
    if not erasures.is_known(session, subject):
        raise Rejected(Reason.NOT_FOUND, "nothing of this is known here, or it was erased before")
    if erasures.at_work(session, subject):
        raise Rejected(
            Reason.STILL_WORKING, "an upload of this is still being worked on; send it again in a minute"
        )
    erasure_id = new_id()
    erasures.begin(session, erasure_id, subject, asked_by=asked_by)
    return erasure_id


def proceed(makes: sessionmaker[Session], erasure_id: UUID, *, pages: int) -> bool:
    """Forget at most so many pages.

    Returns:
        True where it is done, or another process is at it.
    """
    for _ in range(pages):
        with makes.begin() as session:
            subject = erasures.take(session, erasure_id)
            if subject is None or _page(session, erasure_id, subject):
                return True
    return False


def proceed_oldest(makes: sessionmaker[Session]) -> bool:
    """Forget one page of the oldest erasure that runs. True where there was one."""
    with makes() as session:
        erasure_id = erasures.running(session)
    if erasure_id is None:
        return False
    proceed(makes, erasure_id, pages=1)
    return True


def _page(session: Session, erasure_id: UUID, subject: Subject) -> bool:
    """Forget one page. True where nothing was left."""
    ids = erasures.pictures(session, subject, limit=PAGE)
    if ids:
        counts = forgetting.forget_pictures(session, ids)
    else:
        counts = forgetting.forget_rest(session, subject, limit=PAGE)
    erasures.add_counts(session, erasure_id, counts)
    if ids or counts["events"]:
        return False
    erasures.finish(session, erasure_id)
    return True

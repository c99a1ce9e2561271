"""Notes what the platform says of a picture, and places its items anew."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import decisions, signals
from db.queries.signals import Signals
from detector.reasons import Reason, Rejected
from worker.review.placing import place_again, policy_in_force


def note(session: Session, bucket: str, key: str, given: Signals) -> list[UUID]:
    """Write signals of an object to its items. Returns the items' ids.

    An appeal against what was decided opens the newest item again, for people who have not decided it.

    Raises:
        Rejected: ``bad_request`` where nothing is said, ``not_found`` where no item of the object waits.
    """
    if given == Signals():
        raise Rejected(
            Reason.BAD_REQUEST, "nothing is said: give reach, reports, language or appealed_by as well"
        )
    if given.appealed_by is not None:
        for item_id in signals.decided_items(session, bucket, key)[:1]:
            decisions.reopen(session, item_id)
    ids = signals.apply(session, bucket, key, given)
    if not ids:
        raise Rejected(Reason.NOT_FOUND, "no review item of this object waits")
    place_again(session, ids, policy_in_force(session))
    return ids

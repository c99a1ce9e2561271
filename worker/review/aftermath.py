"""What follows from appeals: late ones move up, and what cites an overturned decision is asked again."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session

from db.queries import deadlines, decisions, overturned
from worker.logs import fields
from worker.review.placing import place_again
from worker.review.routing import Numbered

log = logging.getLogger(__name__)


def hasten_late(session: Session, policy: Numbered, *, limit: int) -> int:
    """Give appeals whose deadline has passed the place that the policy has for them.

    Returns:
        How many deadlines had passed.
    """
    passed, late = deadlines.note_passed(session, limit=limit)
    place_again(session, late, policy)
    if late:
        log.warning("appeals_late", extra=fields(items=len(late)))
    return passed


def ask_again(session: Session, policy: Numbered, *, limit: int) -> int:
    """Open items again whose decision repeats one that was overturned on appeal.

    Their decisions stand until people have decided anew: what was wrong of one picture need not be wrong of
    another.

    Returns:
        How many items were found.
    """
    found = overturned.citing_items(session, limit=limit)
    for item_id in found:
        decisions.reopen(session, item_id, appealed=False)
    place_again(session, found, policy)
    if found:
        log.info("asked_again", extra=fields(items=len(found)))
    return len(found)

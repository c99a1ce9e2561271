"""Puts items where the policy in force wants them.

Whoever claims first places what came in since, so nothing waits for another process and nothing goes to the
wrong people; what only an earlier policy has placed is moved by the sweeper, and can be claimed meanwhile.
"""

from __future__ import annotations

import json
from functools import lru_cache
from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import policies, routing
from worker.review.policy import Policy, read_policy
from worker.review.routing import Numbered, place

_NEW = 200
"""Items that one claim places: more than arrive between two."""


def policy_in_force(session: Session) -> Numbered:
    """The newest stored policy, or the default one.

    Raises:
        Rejected: ``policy_invalid``: it was stored by a version that knew more than this one.
    """
    stored = policies.current(session)
    if stored is None:
        return Numbered(number=0, policy=Policy())
    return Numbered(number=stored.number, policy=_read(json.dumps(stored.document)))


@lru_cache(maxsize=16)
def _read(document: str) -> Policy:
    """Checking a document takes longer than reading it, and it seldom changes."""
    return read_policy(json.loads(document))


def place_new(session: Session, policy: Numbered) -> None:
    """Place items that no policy has placed yet."""
    routing.put(session, [place(facts, policy) for facts in routing.never_placed(session, limit=_NEW)])


def place_all(session: Session, policy: Numbered, *, limit: int) -> bool:
    """Place waiting items that no policy, or only an earlier one, has placed. True where more may wait."""
    found = routing.unplaced(session, policy.number, limit=limit)
    routing.put(session, [place(facts, policy) for facts in found])
    return len(found) == limit


def place_again(session: Session, item_ids: list[UUID], policy: Numbered) -> None:
    """Place items whose facts have changed."""
    facts = [routing.facts_of(session, item_id) for item_id in sorted(item_ids)]
    routing.put(session, [place(each, policy) for each in facts if each is not None])

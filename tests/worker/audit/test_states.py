"""The present state of every item follows from the log alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import HumanLabel, Reviewer, ReviewItem
from db.queries import audit, review, reviewers
from db.queries.reviewers import Profile
from db.queries.signals import Signals
from detector.reasons import Rejected
from tests.worker.audit.conftest import LEASE, verified
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker.audit.states import items_by_log
from worker.review import asides, deciding, desk, signals

PEOPLE = ("ann", "bo", "cleo", "sen")
Step = Callable[[Session, UUID, str, int, random.Random], object]

STEPS: list[Step] = [
    lambda session, item, who, lease, dice: desk.claim(session, item, who, lease_seconds=LEASE),
    lambda session, item, who, lease, dice: desk.claim_next(session, who, lease_seconds=LEASE),
    lambda session, item, who, lease, dice: desk.release(session, item, who, lease),
    lambda session, item, who, lease, dice: desk.renew(session, item, who, lease, lease_seconds=LEASE),
    lambda session, item, who, lease, dice: asides.skip(session, item, who, lease, why="no"),
    lambda session, item, who, lease, dice: asides.escalate(session, item, who, lease, why="hard"),
    lambda session, item, who, lease, dice: asides.hand_over(
        session, item, who, lease, to=dice.choice(PEOPLE), why=None
    ),
    lambda session, item, who, lease, dice: deciding.decide(
        session, item, who, lease, label=dice.choice(list(HumanLabel)), note=None, undo_seconds=0.001
    ),
    lambda session, item, who, lease, dice: deciding.decide(
        session, item, who, lease, label=HumanLabel.GENUINE, note="x", undo_seconds=60
    ),
    lambda session, item, who, lease, dice: deciding.undo(
        session, item, who, lease, undo_seconds=60, lease_seconds=LEASE
    ),
    lambda session, item, who, lease, dice: signals.note(
        session, "uploads", f"{dice.randrange(5)}.png", Signals(appealed_by="artist", reach=1)
    ),
    lambda session, item, who, lease, dice: review.withdraw(session, item) if dice.random() < 0.1 else None,
]


@pytest.mark.parametrize("seed", range(3))
def test_states_that_are_derived_from_the_log_are_those_of_the_rows(sessions: Sessions, seed: int) -> None:
    """After a hundred and fifty steps that chance chose, most of them possible, some refused."""
    dice = random.Random(seed)
    with sessions.begin() as session:
        for name in PEOPLE:
            reviewers.describe(session, Profile(name=name, senior=name == "sen"))
        items = [file_uncertain(session, "uploads", f"{number}.png").item for number in range(5)]
    done = 0
    for _ in range(150):
        with sessions() as session:
            item = session.get_one(ReviewItem, dice.choice(items))
            who = item.claimed_by if item.claimed_by and dice.random() < 0.8 else dice.choice(PEOPLE)
            try:
                dice.choice(STEPS)(session, item.id, who, item.lease_number, dice)
            except Rejected:
                session.rollback()
                continue
            session.commit()
            done += 1

    with sessions() as session:
        derived = items_by_log(audit.of_kinds(session, ("item_opened", "item_changed", "item_deleted")))
        names = {str(row.pseudonym): row.name for row in session.scalars(select(Reviewer))}
        stored = list(session.scalars(select(ReviewItem)))
    assert done > 40
    assert {item.id for item in stored} == derived.keys()
    for item in stored:
        said = derived[item.id]
        assert (said["state"], said["stage"], said["round"]) == (item.state, item.stage, item.round)
        assert said["lease_number"] == item.lease_number
        assert names.get(said["claimed_by"] or "") == item.claimed_by
        assert names.get(said["assigned_to"] or "") == item.assigned_to
    assert verified(sessions).findings == ()

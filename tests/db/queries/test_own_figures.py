"""One reviewer's figures, against rows that are counted by hand."""

from __future__ import annotations

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Retraction, ReviewItem
from db.queries import own_figures, review
from tests.db import factories

DAY = 24 * 3600.0


def test_who_did_nothing_has_zeros(session: Session) -> None:
    found = own_figures.own(session, "ada")
    assert found == own_figures.Own(
        today=0, week=0, covered=0, taken_back=0, median_seconds=None, due=0, in_time=0
    )


def test_only_ones_own_work_of_the_week_counts(session: Session) -> None:
    late, early = factories.item(session), factories.item(session)
    session.execute(update(ReviewItem).where(ReviewItem.id == late).values(due_at=db_after(-3 * DAY)))
    session.execute(update(ReviewItem).where(ReviewItem.id == early).values(due_at=db_after(DAY)))
    lead = factories.opinion(session, late, ago=0)
    factories.opinion(session, early, ago=2 * DAY)
    factories.opinion(session, factories.item(session), ago=2 * DAY)
    factories.opinion(session, early, ago=8 * DAY)
    factories.opinion(session, early, moderator="bo", ago=0)
    factories.opinion(session, early, cited_id=lead, ago=0)
    back = factories.opinion(session, early, ago=0)
    session.execute(insert(Retraction).values(decision_id=back, reviewer="ada"))

    found = own_figures.own(session, "ada")
    assert (found.today, found.week, found.covered, found.taken_back) == (1, 3, 1, 1)
    assert (found.due, found.in_time) == (2, 1)


def test_the_middle_time_runs_from_the_claim(session: Session) -> None:
    for _ in range(3):
        factories.item(session)
        held = review.claim_next(session, "ada", lease_seconds=60)
        assert held is not None
        factories.decide(session, held.id, "ada", held.lease_number)
    factories.opinion(session, factories.item(session))

    seconds = own_figures.own(session, "ada").median_seconds
    assert seconds is not None, "of a decision without a logged claim nothing is known"
    assert -1 < seconds < 30

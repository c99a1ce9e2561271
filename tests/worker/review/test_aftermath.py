"""What follows from appeals: who may decide them, what is late, and what else must be asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from db.base import db_after
from db.engine import make_engine, make_sessions
from db.models import Appeal, HumanLabel, ItemState, Message, ReviewItem, Stage
from db.queries import (
    deadlines,
    decision_figures,
    effective,
    items,
    policies,
    review,
    reviewers,
    statements,
)
from db.queries.deadlines import Waiting
from db.queries.items import Item
from db.queries.reviewers import Profile
from tests.worker.filing import Filed, file_uncertain
from worker.clock import new_id, utc_now
from worker.review import appeals, asides, blinding, deciding, desk, questions
from worker.review.labels import weighted_labels
from worker.review.upkeep import Upkeep

Sessions = sessionmaker[Session]
G, S, C = HumanLabel.GENUINE, HumanLabel.SYNTHETIC, HumanLabel.CANNOT_TELL
ALIKE: dict[str, Any] = {"perceptual_hash": 0x5A5A_0F0F_3C3C_7E01, "hash_contrast": 40.0}
ALONE: dict[str, Any] = {"second_review": {"mode": "off"}}
"""One person's word is enough, so that a test needs one step for a decision."""
HOUR = 3600.0


@pytest.fixture
def desk_of(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Sessions on a database of the test's own, where one person's word is enough."""
    engine = make_engine(new_database(), application="tests")
    made = make_sessions(engine)
    with made.begin() as session:
        policies.append(session, ALONE)
    yield made
    engine.dispose()


def file(sessions: Sessions, **facts: Any) -> Filed:
    with sessions.begin() as session:
        return file_uncertain(session, "uploads", f"{new_id()}.png", **facts)


def decide(
    sessions: Sessions,
    item: UUID,
    label: HumanLabel,
    who: str,
    *,
    also: tuple[UUID, ...] = (),
    undo: float = 0,
) -> int:
    """Somebody decides; gives the lease number."""
    with sessions.begin() as session:
        lease = desk.claim(session, item, who, lease_seconds=60).lease_number
        deciding.decide(session, item, who, lease, label=label, note=None, also=also, undo_seconds=undo)
    return lease


def appeal(sessions: Sessions, filed: Filed, *, who: str = "artist", hours: float = 24) -> UUID:
    filing = appeals.Filing(
        image_id=filed.image, bucket=None, key=None, appellant=who, statement=None, filed_by="service:shop"
    )
    with sessions.begin() as session:
        return appeals.file(session, filing, [], per_day=50, deadline_seconds=hours * HOUR)


def tend(sessions: Sessions) -> None:
    """What the sweeper does for the queue."""
    Upkeep(sessions, batch=50, undo_seconds=60).round()


def look(sessions: Sessions, item: UUID) -> Item:
    with sessions() as session:
        found = items.get(session, item)
    assert found is not None
    return found


def let_pass(sessions: Sessions, appeal_id: UUID) -> None:
    """The deadline of an appeal is over."""
    with sessions.begin() as session:
        session.execute(update(Appeal).where(Appeal.id == appeal_id).values(due_at=db_after(-1)))


def lateness(sessions: Sessions, appeal_id: UUID) -> bool | None:
    with sessions() as session:
        return session.get_one(Appeal, appeal_id).late


def hold(session: Session, item: UUID, lease: int) -> None:
    asides.hold(session, item, "ann", lease, until=utc_now() + timedelta(hours=1), why="thinking")
    over = {"available_at": None, "assigned_to": None, "assigned_until": None}
    session.execute(update(ReviewItem).where(ReviewItem.id == item).values(**over))


def escalate(session: Session, item: UUID, lease: int) -> None:
    asides.escalate(session, item, "ann", lease, why="hard")


def hand_over(session: Session, item: UUID, lease: int) -> None:
    reviewers.describe(session, Profile(name="bo", senior=True))
    asides.hand_over(session, item, "ann", lease, to="bo", why=None)


def opine(session: Session, item: UUID, lease: int) -> None:
    blinding.opine(session, item, "ann", lease, S)
    desk.release(session, item, "ann", lease)


def take_back(session: Session, item: UUID, lease: int) -> None:
    deciding.decide(session, item, "ann", lease, label=S, note=None, undo_seconds=60)
    again = deciding.undo(session, item, "ann", lease, undo_seconds=60, lease_seconds=60)
    desk.release(session, item, "ann", again.lease_number)


def skip(session: Session, item: UUID, lease: int) -> None:
    asides.skip(session, item, "ann", lease, why="not now")


@pytest.mark.parametrize(
    ("step", "may"),
    [(hold, False), (escalate, False), (hand_over, False), (opine, False), (take_back, False), (skip, True)],
)
def test_an_appeal_is_for_those_who_never_dealt_with_the_case(
    desk_of: Sessions, step: Callable[[Session, UUID, int], None], may: bool
) -> None:
    """Whoever did anything but skip it may go on within the round, and not have the next one."""
    filed = file(desk_of)
    with desk_of.begin() as session:
        reviewers.describe(session, Profile(name="bo", senior=True))
        lease = desk.claim(session, filed.item, "ann", lease_seconds=60).lease_number
        step(session, filed.item, lease)
    assert not _own(desk_of, filed.item, "ann")
    decide(desk_of, filed.item, S, "bo")
    appeal(desk_of, filed)
    assert _own(desk_of, filed.item, "ann") is not may
    assert _own(desk_of, filed.item, "bo")
    with desk_of.begin() as session:
        got = review.claim(session, filed.item, "ann", lease_seconds=60)
        assert (got is not None) is may


def _own(sessions: Sessions, item: UUID, who: str) -> bool:
    with sessions() as session:
        return items.is_own_matter(session, item, who)


def test_a_round_begins_anew_with_its_age_and_its_deadline(desk_of: Sessions) -> None:
    """Else an old picture would be late, and the oldest of all, in the moment of its appeal."""
    filed = file(desk_of)
    decide(desk_of, filed.item, S, "ann")
    with desk_of.begin() as session:
        old = db_after(-100 * HOUR)
        session.execute(update(ReviewItem).where(ReviewItem.id == filed.item).values(created_at=old))
    appeal(desk_of, filed, hours=5)
    found = look(desk_of, filed.item)
    assert found.age_seconds < 60
    assert (found.appealed, found.appeal_late) == (True, False)
    assert _hours_left(found.due_at) == pytest.approx(5, abs=0.1)
    appeal(desk_of, filed, who="friend", hours=400)
    assert _hours_left(look(desk_of, filed.item).due_at) == pytest.approx(5, abs=0.1)


def _hours_left(due_at: datetime | None) -> float:
    assert due_at is not None
    return (due_at - utc_now()).total_seconds() / HOUR


def test_an_appeal_past_its_deadline_moves_up_by_the_policys_weight(desk_of: Sessions) -> None:
    filed = file(desk_of)
    decide(desk_of, filed.item, S, "ann")
    late, in_time = appeal(desk_of, filed, hours=1), appeal(desk_of, filed, who="friend", hours=1)
    tend(desk_of)
    before = look(desk_of, filed.item)
    assert lateness(desk_of, late) is None

    let_pass(desk_of, late)
    tend(desk_of)
    after = look(desk_of, filed.item)
    assert (lateness(desk_of, late), lateness(desk_of, in_time)) == (True, None)
    assert after.appeal_late
    assert before.priority is not None
    assert after.priority is not None
    # 4.0 for the deadline that was missed, and 0.05 for the hour by which the item is due earlier.
    assert after.priority - before.priority == pytest.approx(4.05, abs=0.01)
    tend(desk_of)
    assert look(desk_of, filed.item).priority == after.priority
    with desk_of() as session:
        assert deadlines.waiting(session) == Waiting(open=2, late=1)


def test_an_appeal_that_was_decided_in_time_is_never_late(desk_of: Sessions) -> None:
    filed = file(desk_of)
    decide(desk_of, filed.item, S, "ann")
    made = appeal(desk_of, filed)
    decide(desk_of, filed.item, S, "bo")
    let_pass(desk_of, made)
    tend(desk_of)
    assert lateness(desk_of, made) is False
    assert not look(desk_of, filed.item).appealed
    with desk_of() as session:
        assert deadlines.waiting(session) == Waiting(open=0, late=0)


def test_the_platform_is_told_what_came_of_each_appeal_with_the_decision(desk_of: Sessions) -> None:
    filed = file(desk_of)
    decide(desk_of, filed.item, S, "ann")
    first = appeal(desk_of, filed)
    decide(desk_of, filed.item, S, "bo")
    second = appeal(desk_of, filed)
    decide(desk_of, filed.item, G, "cy")
    with desk_of() as session:
        told = session.scalars(select(Message.payload).order_by(Message.position)).all()
    assert [(each["label"], each["appeals"]) for each in told] == [
        ("SYNTHETIC", []),
        ("SYNTHETIC", [{"appeal_id": str(first), "outcome": "upheld"}]),
        ("GENUINE", [{"appeal_id": str(second), "outcome": "overturned"}]),
    ]


@pytest.mark.parametrize(
    ("first", "then", "asked"), [(S, G, True), (G, S, True), (S, C, True), (S, S, False)]
)
def test_what_cites_an_overturned_decision_is_asked_again(
    desk_of: Sessions, first: HumanLabel, then: HumanLabel, asked: bool
) -> None:
    """Not by who answered before; what was decided on it stands until it is decided anew."""
    lead, near = file(desk_of, **ALIKE), file(desk_of, **ALIKE)
    decide(desk_of, lead.item, first, "ann", also=(near.item,))
    tend(desk_of)
    assert look(desk_of, near.item).decision is first
    appeal(desk_of, lead)
    decide(desk_of, lead.item, then, "bo")
    tend(desk_of)
    found = look(desk_of, near.item)
    assert (found.state is ItemState.OPEN) is asked
    assert (found.round, found.stage) == (1 + asked, Stage.FIRST)
    if not asked:
        return
    assert found.due_at is not None
    assert _own(desk_of, near.item, "ann")
    decide(desk_of, near.item, first, "cy")
    tend(desk_of)
    assert look(desk_of, near.item).state is ItemState.DECIDED
    with desk_of() as session:
        # The appeal about the lead, and no other.
        assert decision_figures.appeals(session, within_seconds=HOUR).asked == 1
        made = statements.find(session, effective.accusation_of(session, near.image) or new_id())
    assert made is None or (made.people is not None and not made.people.appealed)


def test_an_appeal_in_a_round_that_nobody_had_asked_for_makes_it_one_that_was(desk_of: Sessions) -> None:
    lead, near = file(desk_of, **ALIKE), file(desk_of, **ALIKE)
    decide(desk_of, lead.item, S, "ann", also=(near.item,))
    appeal(desk_of, lead)
    decide(desk_of, lead.item, G, "bo")
    tend(desk_of)
    appeal(desk_of, near)
    decide(desk_of, near.item, S, "cy")
    with desk_of() as session:
        made = statements.find(session, effective.accusation_of(session, near.image) or new_id())
    assert made is not None
    assert made.people is not None
    assert made.people.appealed


def test_nothing_is_asked_again_while_the_overturning_can_be_taken_back(desk_of: Sessions) -> None:
    lead, near = file(desk_of, **ALIKE), file(desk_of, **ALIKE)
    decide(desk_of, lead.item, S, "ann", also=(near.item,))
    appeal(desk_of, lead)
    lease = decide(desk_of, lead.item, G, "bo", undo=60)
    tend(desk_of)
    assert look(desk_of, near.item).state is ItemState.DECIDED
    with desk_of.begin() as session:
        deciding.undo(session, lead.item, "bo", lease, undo_seconds=60, lease_seconds=60)
    tend(desk_of)
    assert look(desk_of, near.item).state is ItemState.DECIDED


def test_what_was_cleared_by_itself_is_asked_of_people_once_its_ground_is_gone(desk_of: Sessions) -> None:
    with desk_of.begin() as session:
        policies.append(session, ALONE | {"cluster": {"automatic": True}})
    lead = file(desk_of, **ALIKE)
    decide(desk_of, lead.item, G, "ann")
    near = file(desk_of, **ALIKE)
    tend(desk_of)
    cleared = look(desk_of, near.item)
    assert (cleared.decision, cleared.automatic) == (G, True)
    appeal(desk_of, lead, who="rival")
    decide(desk_of, lead.item, S, "bo")
    tend(desk_of)
    tend(desk_of)
    found = look(desk_of, near.item)
    assert (found.state, found.decision) == (ItemState.OPEN, None)


def test_an_overturned_label_is_what_training_learns_with_the_weight_of_its_reviewers(
    desk_of: Sessions,
) -> None:
    """Bo has known three answers, ann none: the label has ann's weight before the appeal, and bo's after."""
    with desk_of.begin() as session:
        policies.append(session, ALONE | {"known_answer_share": 0.5})
        for name in ("ann", "bo"):
            reviewers.describe(session, Profile(name=name))
    filed, known = file(desk_of), [file(desk_of) for _ in range(3)]
    file(desk_of)  # among what waits, a question whose answer is known is one more
    decide(desk_of, filed.item, S, "ann")
    for each in known:
        decide(desk_of, each.item, C, "dee")
        with desk_of.begin() as session:
            questions.add(session, each.image, G)
            asked = desk.claim_next(session, "bo", lease_seconds=60, dice=lambda: 0.0)
            deciding.decide(session, asked.id, "bo", asked.lease_number, label=G, note=None, undo_seconds=0)
    assert labels(desk_of) == {filed.image: (S, 0.8)}
    appeal(desk_of, filed)
    assert labels(desk_of) == {filed.image: (S, 0.8)}
    decide(desk_of, filed.item, G, "bo")
    assert labels(desk_of) == {filed.image: (G, round((8 + 3) / (10 + 3), 4))}


def labels(sessions: Sessions) -> dict[UUID, tuple[HumanLabel, float]]:
    """What ``artgate labels export`` would give, with its weights."""
    with sessions() as session:
        found = list(weighted_labels(session))
    return {each.picture.image_id: (each.picture.label, round(each.weight, 4)) for each in found}

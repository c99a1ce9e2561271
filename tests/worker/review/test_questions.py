"""Questions whose answer is known, mixed into the queue, on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import Decision, HumanLabel, ItemState, Message, ReviewItem
from db.queries import events, items, known, policies, ratings
from db.queries.items import Item
from db.queries.signals import Signals
from detector.reasons import Reason, Rejected
from tests.worker.filing import Filed, file_uncertain
from worker.clock import new_id
from worker.review import asides, deciding, desk, questions, signals
from worker.review.labels import reliabilities, weighted_labels
from worker.review.schemas import CaseView, ItemView

G, S = HumanLabel.GENUINE, HumanLabel.SYNTHETIC
ALWAYS, NEVER = (lambda: 0.0), (lambda: 0.99)


@pytest.fixture
def session(session: Session) -> Session:
    """A tenth of the claims are to be questions."""
    policies.append(session, {"known_answer_share": 0.1})
    return session


@pytest.fixture
def truth(session: Session) -> Filed:
    """A picture that dee has found genuine, known to be synthetic."""
    filed = file_uncertain(session, "uploads", "known.png")
    decide(session, desk.claim(session, filed.item, "dee", lease_seconds=60), "dee", G)
    questions.add(session, filed.image, S)
    return filed


def claim(session: Session, who: str, dice: Callable[[], float] = ALWAYS) -> Item:
    return desk.claim_next(session, who, lease_seconds=60, dice=dice)


def decide(session: Session, item: Item, who: str, label: HumanLabel) -> Item:
    return deciding.decide(session, item.id, who, item.lease_number, label=label, note=None, undo_seconds=60)


def image_of(session: Session, item: Item) -> UUID | None:
    return session.get_one(ReviewItem, item.id).image_id


def test_a_question_comes_at_the_rate_of_the_policy(session: Session, truth: Filed) -> None:
    ordinary = [file_uncertain(session, "uploads", f"{number}.png").item for number in range(3)]

    assert claim(session, "ann", lambda: 0.1).id in ordinary
    assert image_of(session, claim(session, "ann", lambda: 0.0999)) == truth.image


def test_a_question_looks_like_the_item_in_whose_place_it_stands(session: Session, truth: Filed) -> None:
    ordinary = file_uncertain(session, "uploads", "ordinary.png")
    session.execute(text("UPDATE review_items SET created_at = created_at - interval '3 hours'"))
    asked = claim(session, "ann")
    plain = claim(session, "ann", NEVER)

    shown = [
        CaseView.of(desk.look(session, item.id, unless_of="ann")).model_dump() for item in (asked, plain)
    ]
    differ = {name for name in shown[0] if shown[0][name] != shown[1][name]}
    assert differ <= {"id", "key", "image", "evidence", "lease_until", "age_seconds"}
    assert plain.id == ordinary.item
    assert (asked.id.int >> 80) == (int(asked.created_at.timestamp() * 1000))


def test_each_is_asked_once_and_never_who_has_decided_or_uploaded_it(session: Session, truth: Filed) -> None:
    for number in range(6):
        file_uncertain(session, "uploads", f"{number}.png")
    session.execute(text("UPDATE images SET uploader = 'bo' WHERE id = :id"), {"id": truth.image})

    assert image_of(session, claim(session, "dee")) != truth.image
    assert image_of(session, claim(session, "bo")) != truth.image
    assert image_of(session, claim(session, "ann")) == truth.image
    assert image_of(session, claim(session, "ann")) != truth.image


def test_no_question_stands_alone_in_an_empty_queue(session: Session, truth: Filed) -> None:
    with pytest.raises(Rejected) as refused:
        claim(session, "ann")

    assert refused.value.reason is Reason.QUEUE_EMPTY


def test_an_answer_is_told_nobody_and_answered_like_any_decision(session: Session, truth: Filed) -> None:
    before = session.scalars(select(Message.id)).all()
    file_uncertain(session, "uploads", "ordinary.png")
    asked = claim(session, "ann")
    plain = claim(session, "ann", NEVER)

    answers = [
        ItemView.model_validate(decide(session, item, "ann", S)).model_dump() for item in (asked, plain)
    ]

    differ = {name for name in answers[0] if answers[0][name] != answers[1][name]}
    assert differ <= {"id", "key", "priority", "due_at", "created_at", "age_seconds", "available_at", "label"}
    assert (answers[0]["state"], answers[0]["decision"]) == (ItemState.OPEN, None)
    assert session.scalars(select(Message.id)).all() == before
    stored = items.get(session, asked.id)
    assert stored is not None
    assert stored.state is ItemState.DECIDED


def test_an_answer_can_be_taken_back_like_any_decision(session: Session, truth: Filed) -> None:
    file_uncertain(session, "uploads", "ordinary.png")
    asked = claim(session, "ann")
    decide(session, asked, "ann", G)

    back = deciding.undo(session, asked.id, "ann", asked.lease_number, undo_seconds=60, lease_seconds=60)

    assert back.state is ItemState.CLAIMED
    assert ratings.answers(session) == []


def test_a_question_that_is_skipped_goes_to_others_who_have_not_decided_its_picture(
    session: Session, truth: Filed
) -> None:
    file_uncertain(session, "uploads", "ordinary.png")
    asked = claim(session, "ann")
    asides.skip(session, asked.id, "ann", asked.lease_number, why="hm")

    assert asked.id not in [item.id for item in items.list_items(session, unless_of="bo")]
    got = {claim(session, "dee", NEVER).id}
    with pytest.raises(Rejected):
        claim(session, "dee", NEVER)
    assert asked.id not in got
    assert claim(session, "bo", NEVER).id == asked.id


def test_what_the_platform_asks_and_says_is_of_the_picture_not_of_the_question(
    session: Session, truth: Filed
) -> None:
    file_uncertain(session, "uploads", "ordinary.png")
    asked = claim(session, "ann")
    decide(session, asked, "ann", S)

    signals.note(session, "uploads", "known.png", Signals(appealed_by="artist"))

    reopened = session.get_one(ReviewItem, truth.item, populate_existing=True)
    assert reopened.state is ItemState.OPEN
    question = session.get_one(ReviewItem, asked.id, populate_existing=True)
    assert (question.state, question.appealed_by) == (ItemState.DECIDED, [])
    assert events.standing(session, truth.event) is not None


def test_answers_make_reliability_and_labels_leave_questions_out(session: Session, truth: Filed) -> None:
    for number in range(3):
        file_uncertain(session, "uploads", f"{number}.png")
    for who, label in (("ann", S), ("bo", G)):
        decide(session, claim(session, who), who, label)

    names = ratings.names(session)
    found = {names[who]: (each.right, each.asked) for who, each in reliabilities(session).items()}
    assert found == {"ann": (1, 1), "bo": (0, 1)}
    assert [sorted(unit.values()) for unit in ratings.units(session)] == [["GENUINE", "SYNTHETIC"]]
    (labelled,) = list(weighted_labels(session))
    assert (labelled.picture.image_id, labelled.picture.label) == (truth.image, G)
    assert labelled.weight == pytest.approx(0.8)
    assert "ann" not in str(labelled)


def test_measured_items_have_two_opinions_whatever_the_first_is(session: Session) -> None:
    policies.append(session, {"second_review": {"mode": "off", "measured_share": 1.0}})
    filed = file_uncertain(session, "uploads", "m.png")
    first = decide(session, claim(session, "ann"), "ann", G)
    assert first.state is ItemState.OPEN
    session.execute(text("UPDATE review_items SET available_at = NULL"))
    assert decide(session, claim(session, "bo"), "bo", G).state is ItemState.DECIDED

    assert session.get_one(ReviewItem, filed.item, populate_existing=True).measured
    assert [list(unit.values()) for unit in ratings.units(session)] == [["GENUINE", "GENUINE"]]


def test_second_opinions_that_an_accusation_asked_for_say_nothing_of_agreement(session: Session) -> None:
    file_uncertain(session, "uploads", "m.png")
    decide(session, claim(session, "ann"), "ann", S)
    session.execute(text("UPDATE review_items SET available_at = NULL"))
    decide(session, claim(session, "bo"), "bo", S)

    assert len(session.scalars(select(Decision)).all()) == 2
    assert ratings.units(session) == []
    (labelled,) = list(weighted_labels(session))
    assert labelled.weight == pytest.approx(0.64 / 0.68)


def test_a_known_answer_is_retired_replaced_and_refused_where_it_makes_no_sense(
    session: Session, truth: Filed
) -> None:
    waiting = file_uncertain(session, "uploads", "waiting.png")
    (listed,) = known.all_known(session)
    assert (listed.label, listed.asked, listed.key) == (S, 0, "known.png")
    assert questions.add(session, truth.image, G) == listed.id
    assert known.retire(session, listed.id)
    assert not known.retire(session, listed.id)
    assert image_of(session, claim(session, "ann")) == waiting.image
    for image, reason in ((waiting.image, Reason.BAD_REQUEST), (new_id(), Reason.NOT_FOUND)):
        with pytest.raises(Rejected) as refused:
            questions.add(session, image, G)
        assert refused.value.reason is reason

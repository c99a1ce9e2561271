"""Decisions and overturns, against rows that are counted by hand."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from db.models import HumanLabel, KnownAnswer, Retraction, ReviewItem, Stage, VerdictLabel
from db.queries import decision_figures
from db.queries.decision_figures import AgainstMachine, Decided, Overturned
from tests.db import factories

DAY = 24 * 3600.0
GENUINE, SYNTHETIC, CANNOT_TELL = HumanLabel
give = factories.opinion


def take_back(session: Session, decision_id: UUID) -> None:
    session.execute(insert(Retraction).values(decision_id=decision_id, reviewer="ada"))


def test_decisions_are_counted_by_step_label_and_way(session: Session) -> None:
    item = factories.item(session)
    lead = give(session, item, ago=30)
    give(session, item, ago=90)
    give(session, item, ago=100, label=SYNTHETIC)
    give(session, item, ago=230, cited_id=lead, automatic=True)
    give(session, item, ago=250)
    take_back(session, give(session, item, ago=30))

    found = decision_figures.decided(session, within_seconds=240, step_seconds=60)
    assert found == [
        Decided(step=0, label=GENUINE, automatic=True, count=1),
        Decided(step=2, label=GENUINE, automatic=False, count=1),
        Decided(step=2, label=SYNTHETIC, automatic=False, count=1),
        Decided(step=3, label=GENUINE, automatic=False, count=1),
    ]


def test_second_opinions_are_held_against_the_first_of_their_round(session: Session) -> None:
    first, second = (partial(give, session, stage=stage) for stage in (Stage.FIRST, Stage.SECOND))
    agreed, differed, again, lonely = (factories.item(session) for _ in range(4))
    first(agreed, label=SYNTHETIC)
    second(agreed, label=SYNTHETIC, moderator="bo")
    first(differed, label=SYNTHETIC)
    second(differed, moderator="bo")
    give(session, differed, stage=Stage.SENIOR, moderator="cleo")
    take_back(session, first(again, label=GENUINE))
    first(again, label=SYNTHETIC)
    second(again, label=SYNTHETIC, moderator="bo")
    first(lonely, label=SYNTHETIC)
    second(lonely, moderator="bo", ago=2 * DAY)

    found = decision_figures.second_opinions(session, within_seconds=DAY)
    assert found == Overturned(asked=3, differ=1), "what was taken back is no first opinion"


def test_an_appeal_is_held_against_the_decision_that_it_was_about(session: Session) -> None:
    upheld, changed = factories.item(session), factories.item(session)
    give(session, upheld, label=SYNTHETIC, ago=5 * DAY)
    give(session, upheld, label=SYNTHETIC, round=2)
    give(session, changed, label=GENUINE, stage=Stage.FIRST, settles=False, ago=5 * DAY)
    give(session, changed, label=SYNTHETIC, stage=Stage.SENIOR, ago=5 * DAY)
    give(session, changed, label=GENUINE, round=2)
    unasked = factories.item(session)
    give(session, unasked, label=SYNTHETIC, ago=5 * DAY)
    give(session, unasked, label=GENUINE, round=2)
    session.execute(update(ReviewItem).where(ReviewItem.id == unasked).values(asked_again=[2]))

    assert decision_figures.appeals(session, within_seconds=DAY) == Overturned(asked=2, differ=1)


def test_what_settles_an_item_is_held_against_the_machine(session: Session) -> None:
    bundle = factories.bundle(session)
    told = {"GENUINE": 0.1, "UNCERTAIN": 0.6, "SYNTHETIC": 0.9}

    def item(label: str) -> UUID:
        item_id = factories.item(session)
        verdict = factories.verdict(
            session,
            factories.image(session),
            bundle,
            label=VerdictLabel(label),
            probability=told[label],
        )
        session.execute(update(ReviewItem).where(ReviewItem.id == item_id).values(verdict_id=verdict))
        return item_id

    give(session, item("UNCERTAIN"), label=SYNTHETIC)
    give(session, item("UNCERTAIN"), label=SYNTHETIC)
    give(session, item("UNCERTAIN"), label=SYNTHETIC, settles=False)
    give(session, item("UNCERTAIN"), label=GENUINE, ago=2 * DAY)
    lead = give(session, item("SYNTHETIC"), label=GENUINE)
    give(session, item("GENUINE"), label=GENUINE, automatic=True, cited_id=lead)
    question = item("UNCERTAIN")
    known = factories.new_id()
    image = factories.image(session)
    verdict = factories.verdict(session, image, bundle)
    session.execute(insert(KnownAnswer).values(id=known, image_id=image, verdict_id=verdict, label=GENUINE))
    session.execute(update(ReviewItem).where(ReviewItem.id == question).values(known_answer_id=known))
    give(session, question, label=CANNOT_TELL)

    row = partial(AgainstMachine, leans_synthetic=True)
    assert decision_figures.against_machine(session, within_seconds=DAY) == [
        row(machine=VerdictLabel.SYNTHETIC, person=GENUINE, count=1),
        row(machine=VerdictLabel.UNCERTAIN, person=SYNTHETIC, count=2),
    ]

"""What a statement says is what happened."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from db.models import HumanLabel, ItemKind, VerdictLabel, VerdictOrigin
from db.queries import decisions, review, statements
from tests.db import factories
from tests.worker.inbox import Sessions
from tests.worker.statements.conftest import TERMS, by_machine, by_people, decided
from worker.settings import Settings
from worker.statements.statement import Automation, Statement, state


def stated(session: Session, subject: UUID | None, terms: Settings = TERMS) -> Statement:
    assert subject is not None
    facts = statements.find(session, subject)
    assert facts is not None
    return state(facts, terms)


def test_a_verdict_that_nobody_looked_at_is_said_to_be_a_programs(sessions: Sessions) -> None:
    with sessions.begin() as session:
        said = stated(session, by_machine(session).verdict)
    assert (said.automated_detection, said.automated_decision) == (True, Automation.FULLY)
    assert "no person has looked at it" in said.automation_text
    assert "a probability of 0.90 of having been made by a generator" in said.facts
    assert "A second model, which can object to that, did not." in said.facts
    assert "looked at it and found" not in said.facts


def test_two_people_who_agree_are_counted_and_never_named(sessions: Sessions) -> None:
    with sessions.begin() as session:
        accused = by_people(session, "ann", "bob")
    with sessions() as session:
        said = stated(session, accused.decision)
    assert (said.automated_detection, said.automated_decision) == (True, Automation.PARTIALLY)
    assert "2 people looked at it, none of whom was told what the others had said" in said.facts
    assert "Between these two it decides nothing and asks people." in said.facts
    assert "ann" not in str(said)
    assert "bob" not in str(said)


def test_a_file_that_no_model_could_judge_was_not_found_by_automated_means(sessions: Sessions) -> None:
    with sessions.begin() as session:
        item = review.open_item(
            session,
            review.NewItem(
                id=factories.new_id(),
                kind=ItemKind.REFUSAL,
                priority=1.0,
                event_id=factories.event(session),
                reason="too_many_bytes",
            ),
        )
        decision = decided(session, item, "ann", HumanLabel.SYNTHETIC)
    with sessions() as session:
        said = stated(session, decision)
    assert (said.automated_detection, said.automated_decision) == (False, Automation.NOT)
    assert "The file could not be judged by a model (too_many_bytes)." in said.facts


def test_an_answer_to_an_appeal_is_said_to_be_one(sessions: Sessions) -> None:
    with sessions.begin() as session:
        accused = by_people(session, "ann")
    with sessions.begin() as session:
        item = review_item(session, accused.image)
        assert decisions.reopen(session, item)
        again = decided(session, item, "bob", HumanLabel.SYNTHETIC)
    with sessions() as session:
        said = stated(session, again)
    assert "An earlier answer was appealed, and people who had not given it looked anew." in said.facts
    assert "A person looked at it" in said.facts


def review_item(session: Session, image: UUID) -> UUID:
    from sqlalchemy import select  # noqa: PLC0415 - for this one question

    from db.models import ReviewItem  # noqa: PLC0415 - see above

    return session.scalars(select(ReviewItem.id).where(ReviewItem.image_id == image)).one()


def test_an_objection_that_left_the_picture_to_people_is_told(sessions: Sessions) -> None:
    with sessions.begin() as session:
        image = factories.image(session)
        verdict = factories.verdict(
            session,
            image,
            label=VerdictLabel.UNCERTAIN,
            label_before_veto=VerdictLabel.SYNTHETIC,
            probability=0.8,
            veto_applied=True,
            veto_probability=0.1,
        )
        new = review.NewItem(
            id=factories.new_id(), kind=ItemKind.UNCERTAIN, priority=1.0, image_id=image, verdict_id=verdict
        )
        decision = decided(session, review.open_item(session, new), "ann", HumanLabel.SYNTHETIC)
    with sessions() as session:
        assert "A second model objected to the verdict SYNTHETIC" in stated(session, decision).facts


@pytest.mark.parametrize("label", [HumanLabel.GENUINE, HumanLabel.CANNOT_TELL])
def test_no_reasons_are_stated_of_another_answer(sessions: Sessions, label: HumanLabel) -> None:
    with sessions.begin() as session:
        accused = by_people(session, "ann", label=label)
    with sessions() as session:
        assert accused.decision is not None
        assert statements.find(session, accused.decision) is None
        assert statements.find(session, accused.verdict) is None


def test_no_reasons_are_stated_of_what_may_be_taken_back_or_acts_on_nobody(sessions: Sessions) -> None:
    with sessions.begin() as session:
        waiting = by_people(session, "ann", undo_seconds=60)
        stands_beside = by_machine(session, origin=VerdictOrigin.BACKFILL)
    with sessions() as session:
        assert waiting.decision is not None
        assert statements.find(session, waiting.decision) is None
        assert statements.find(session, stands_beside.verdict) is None
        assert statements.find(session, factories.new_id()) is None


def test_what_only_the_platform_knows_comes_from_the_settings(sessions: Sessions) -> None:
    with sessions.begin() as session:
        verdict = by_machine(session).verdict
        said = stated(session, verdict)
        bare = stated(session, verdict, Settings())
    assert (said.ground, said.explanation) == (TERMS.statement_ground, TERMS.statement_explanation)
    assert bare.ground is None
    assert bare.explanation == "The platform has not stated the clause of its terms."

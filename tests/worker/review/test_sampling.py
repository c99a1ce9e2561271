"""Confident verdicts that people look at by lot, and what is reckoned of it, on real PostgreSQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.models import AuditSample, FeedbackDay, HumanLabel, ItemKind, ReviewItem, VerdictLabel, VerdictOrigin
from db.queries import audit_samples, clusters, daily, feedback, items, policies, review
from detector.reasons import Rejected
from tests.db import factories
from worker.review import blinding, desk, sampling
from worker.review.clusters import nearness
from worker.review.placing import place_new, policy_in_force
from worker.review.policy import AuditSampling, Cluster, Policy, read_policy
from worker.review.sampling import draw_one_batch, measure

ALL = AuditSampling(genuine_share=1.0, synthetic_share=1.0)


def verdict(session: Session, label: VerdictLabel, bundle: str | None = None, **given: Any) -> UUID:
    return factories.verdict(session, factories.image(session), bundle, label=label, **given)


def settle(session: Session) -> None:
    """Let the verdicts so far be old enough to be drawn."""
    session.execute(text("UPDATE verdicts SET created_at = created_at - interval '2 minutes'"))
    session.execute(text("UPDATE audit_cursors SET upto = upto - interval '1 hour'"))


def draw(session: Session, policy: AuditSampling = ALL) -> int:
    """Draw from everything there is."""
    draw_one_batch(session, policy, limit=100)
    settle(session)
    return draw_one_batch(session, policy, limit=100)


def sampled(session: Session) -> dict[UUID, AuditSample]:
    return {each.verdict_id: each for each in session.scalars(select(AuditSample))}


def decide(session: Session, item: UUID, label: HumanLabel) -> None:
    claimed = review.claim(session, item, "ann", lease_seconds=60)
    assert claimed is not None
    factories.decide(session, item, "ann", claimed.lease_number, label=label)


def test_confident_verdicts_of_scans_are_drawn_and_no_others(session: Session) -> None:
    genuine, synthetic = verdict(session, VerdictLabel.GENUINE), verdict(session, VerdictLabel.SYNTHETIC)
    verdict(session, VerdictLabel.UNCERTAIN)
    verdict(session, VerdictLabel.SYNTHETIC, origin=VerdictOrigin.BACKFILL)
    draw(session)
    assert set(sampled(session)) == {genuine, synthetic}
    assert draw_one_batch(session, ALL, limit=100) == 0, "each is drawn from once"


def test_the_shares_are_kept_and_noted(session: Session) -> None:
    bundle = factories.bundle(session)
    for _ in range(80):
        verdict(session, VerdictLabel.GENUINE, bundle)
        verdict(session, VerdictLabel.SYNTHETIC, bundle)
    draw_one_batch(session, ALL, limit=1)
    settle(session)
    policy = AuditSampling(genuine_share=0.25, synthetic_share=0.0)
    assert draw_one_batch(session, policy, limit=1000) == 160
    found = list(sampled(session).values())
    assert {each.label for each in found} == {VerdictLabel.GENUINE}
    assert {each.share for each in found} == {0.25}
    assert 6 <= len(found) <= 38, "80 at a quarter, within 4 standard deviations"


def test_an_unset_policy_draws_nothing(session: Session) -> None:
    verdict(session, VerdictLabel.SYNTHETIC)
    assert draw(session, AuditSampling()) == 0
    assert sampled(session) == {}


def test_what_is_drawn_looks_like_any_other_item_and_its_place_gives_nothing_away(session: Session) -> None:
    policy = Policy(
        queues=({"name": "main"}, {"name": "lot", "hide_scores_until_opinion": True}),  # type: ignore[arg-type]  # as a document has it
        audit=AuditSampling(genuine_share=1.0, synthetic_share=1.0, queue="lot"),
    )
    policies.append(session, policy.model_dump(mode="json"))
    for label in (VerdictLabel.GENUINE, VerdictLabel.SYNTHETIC):
        verdict(session, label)
    draw(session)
    place_new(session, policy_in_force(session))
    found = [items.get(session, each.item_id) for each in sampled(session).values()]
    assert {(each.kind.value, each.queue, each.reason) for each in found if each} == {
        ("uncertain", "lot", None)
    }
    low, high = sorted(each.priority for each in found if each and each.priority is not None)
    assert high - low < 0.01, "only their age tells them apart"


def test_the_queue_of_the_lot_must_be_one(session: Session) -> None:
    with pytest.raises(Exception, match="routes, senior_queue, audit: no queue is named nowhere"):
        read_policy({"audit": {"queue": "nowhere"}})


@pytest.mark.parametrize("queue", [None, "main"])
def test_the_lot_goes_to_a_queue_that_hides_the_scores_or_is_refused(queue: str | None) -> None:
    with pytest.raises(Rejected, match="audit: name a queue with hide_scores_until_opinion"):
        read_policy({"audit": {"genuine_share": 0.1, "queue": queue}})


def test_who_is_asked_by_lot_does_not_see_what_the_machine_said(session: Session) -> None:
    queues = [{"name": "main"}, {"name": "lot", "hide_scores_until_opinion": True}]
    policies.append(session, {"queues": queues, "audit": {"synthetic_share": 1.0, "queue": "lot"}})
    verdict(session, VerdictLabel.SYNTHETIC)
    draw(session)
    item = blinding.seen(session, desk.claim_next(session, "ann", lease_seconds=60), "ann")
    assert (item.queue, item.scores_hidden) == ("lot", True)
    assert (item.label, item.probability, item.priority) == (None, None, None)


def test_what_is_drawn_is_never_cleared_without_a_person(session: Session) -> None:
    hashed = {"perceptual_hash": 0x0F0F_1234_5678_1234, "hash_contrast": 50.0}
    image = factories.image(session, **hashed)
    factories.verdict(session, image, label=VerdictLabel.SYNTHETIC)
    draw(session)
    assert len(sampled(session)) == 1
    assert clusters.unsought(session, nearness(Cluster(automatic=True)), limit=10) == []


def test_a_removed_picture_is_not_asked_about(session: Session) -> None:
    verdict(session, VerdictLabel.SYNTHETIC)
    session.execute(text("UPDATE images SET removed_at = now()"))
    draw(session)
    assert sampled(session) == {}


def test_what_people_found_becomes_the_figures_of_the_day(session: Session) -> None:
    bundle = factories.bundle(session, name="starter")
    accused = [verdict(session, VerdictLabel.SYNTHETIC, bundle) for _ in range(4)]
    draw(session)
    lots = sampled(session)
    for number, each in enumerate(accused):
        decide(session, lots[each].item_id, HumanLabel.GENUINE if number == 0 else HumanLabel.SYNTHETIC)
    unsure = factories.image(session)
    of_unsure = factories.verdict(session, unsure, bundle)
    item = review.open_item(
        session,
        review.NewItem(
            id=factories.new_id(),
            kind=ItemKind.UNCERTAIN,
            priority=1.0,
            image_id=unsure,
            verdict_id=of_unsure,
        ),
    )
    decide(session, item, HumanLabel.SYNTHETIC)
    assert not daily.measured_today(session, FeedbackDay)
    assert measure(session) == 1
    assert daily.measured_today(session, FeedbackDay)
    (day,) = daily.latest(session, FeedbackDay)
    assert (day.bundle, day.bundle_id) == ("starter", bundle)
    assert (day.figures["accused_wrongly"]["count"], day.figures["accused_wrongly"]["total"]) == (1, 4)
    assert day.figures["unsure_and_synthetic"]["rate"] == 1.0
    assert measure(session) == 1
    assert len(daily.course(session, FeedbackDay, bundle, days=9)) == 1, "a day has one row"


def test_an_appealed_verdict_that_the_lot_did_not_draw_says_nothing_of_errors(session: Session) -> None:
    bundle = factories.bundle(session)
    image = factories.image(session)
    accused = factories.verdict(session, image, bundle, label=VerdictLabel.SYNTHETIC)
    new = review.NewItem(
        id=factories.new_id(),
        kind=ItemKind.UNCERTAIN,
        priority=1.0,
        image_id=image,
        verdict_id=accused,
    )
    decide(session, review.open_item(session, new), HumanLabel.GENUINE)
    assert list(feedback.judged(session, days=sampling.DAYS)) == []


def test_the_lot_opens_one_item_for_a_verdict(session: Session) -> None:
    accused = verdict(session, VerdictLabel.SYNTHETIC)
    draw(session)
    opened = session.scalars(select(ReviewItem.id).where(ReviewItem.verdict_id == accused)).all()
    assert opened == [sampled(session)[accused].item_id]
    assert audit_samples.candidates(session, limit=10) == []

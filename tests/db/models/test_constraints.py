"""What PostgreSQL refuses, whatever the code above it does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from db.models import (
    Backfill,
    Bundle,
    Decision,
    Event,
    HumanLabel,
    Image,
    Message,
    MessageKind,
    ReviewItem,
    VerdictLabel,
)
from db.queries import outbox, review
from tests.db import factories
from tests.db.factories import new_id

G, U, S = VerdictLabel.GENUINE, VerdictLabel.UNCERTAIN, VerdictLabel.SYNTHETIC


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        (G, G, True),
        (U, U, True),
        (S, S, True),
        (S, U, True),
        (S, G, False),
        (U, S, False),
        (U, G, False),
        (G, S, False),
        (G, U, False),
    ],
)
def test_a_veto_can_only_turn_synthetic_into_uncertain(
    session: Session, before: VerdictLabel, after: VerdictLabel, allowed: bool
) -> None:
    image_id = factories.image(session)
    row: dict[str, Any] = {
        "label": after,
        "label_before_veto": before,
        "veto_applied": before is S,
        "veto_probability": 0.2,
        "probability": 0.99,
    }

    if allowed:
        factories.verdict(session, image_id, **row)
    else:
        with pytest.raises(IntegrityError, match="ck_verdicts_veto_only_softens"):
            factories.verdict(session, image_id, **row)


def test_a_label_that_changed_without_a_veto_needs_a_reason(session: Session) -> None:
    image_id = factories.image(session)
    softened: dict[str, Any] = {"label": U, "label_before_veto": S, "probability": 0.9}

    with pytest.raises(IntegrityError, match="ck_verdicts_veto_only_softens"), session.begin_nested():
        factories.verdict(session, image_id, **softened)

    factories.verdict(session, image_id, **softened, reason="veto_unavailable")


def test_synthetic_needs_a_probability_at_or_above_its_threshold(session: Session) -> None:
    image_id = factories.image(session)

    with pytest.raises(IntegrityError, match="ck_verdicts_synthetic_above_threshold"), session.begin_nested():
        factories.verdict(session, image_id, label=S, probability=0.6499)

    factories.verdict(session, image_id, label=S, probability=0.65)


@pytest.mark.parametrize(
    "name", ["raw", "probability", "lightgbm", "svm", "random_forest", "veto_probability"]
)
@pytest.mark.parametrize("value", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_probability_lies_between_0_and_1(session: Session, name: str, value: float) -> None:
    wrong: dict[str, Any] = {name: value}
    with pytest.raises(IntegrityError, match="ck_verdicts_unit_interval"):
        factories.verdict(session, factories.image(session), **wrong)


def test_a_mask_and_values_have_the_length_that_is_stated(session: Session) -> None:
    image_id = factories.image(session)

    with pytest.raises(IntegrityError, match="ck_features_values_length"), session.begin_nested():
        factories.vector(session, image_id, values=bytes(35))
    with pytest.raises(IntegrityError, match="ck_features_replaced_length"):
        factories.vector(session, image_id, replaced=bytes(1))


def test_one_bundle_is_active_for_a_name(session: Session) -> None:
    ids = [factories.bundle(session), factories.bundle(session)]

    with pytest.raises(IntegrityError, match="uq_bundles_active_name"):
        session.execute(
            update(Bundle).where(Bundle.id.in_(ids)).values(state="active", activated_at=text("now()"))
        )


def test_decisions_can_be_appended_and_neither_changed_nor_deleted(session: Session) -> None:
    item_id = factories.item(session)
    held = review.claim(session, item_id, "ada", lease_seconds=60)
    assert held is not None
    factories.decide(session, item_id, "ada", held.lease_number)

    for change in (
        update(Decision).values(note="edited").execution_options(synchronize_session=False),
        delete(Decision).execution_options(synchronize_session=False),
        text("TRUNCATE decisions CASCADE"),
    ):
        with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
            session.execute(change)
    assert session.execute(select(Decision.label)).scalars().all() == [HumanLabel.GENUINE]


@pytest.mark.parametrize("table", ["decisions", "retractions", "review_acts", "review_policies"])
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_append_only_is_never_emptied(session: Session, table: str, change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(change.format(table)))


@pytest.mark.parametrize(
    ("table", "values", "constraint"),
    [
        (Event, {"state": "asleep"}, "ck_events_state"),
        (Event, {"kind": "moved"}, "ck_events_kind"),
        (Event, {"queue": "slow"}, "ck_events_queue"),
        (Event, {"identity": b"short"}, "ck_events_identity_sha256"),
        (Event, {"key": "k" * 1025}, "ck_events_key_length"),
        (Event, {"key": None}, "ck_events_work_names_object"),
        (Event, {"sequencer_rank": "FF"}, "ck_events_sequencer_rank_width"),
        (Event, {"state": "done"}, "ck_events_finished_at"),
        (Event, {"finished_at": text("now()")}, "ck_events_finished_at"),
        (Event, {"state": "dead", "finished_at": text("now()")}, "ck_events_refusal_has_reason"),
        (Event, {"state": "claimed"}, "ck_events_claim_has_lease"),
        (Event, {"attempts": -1}, "ck_events_counts"),
        (Image, {"sha256": b"short"}, "ck_images_sha256"),
        (Image, {"width": 0}, "ck_images_size"),
        (Bundle, {"id": "nothing"}, "ck_bundles_id_sha256"),
        (ReviewItem, {"state": "claimed"}, "ck_review_items_claim_has_lease"),
        (ReviewItem, {"reach": -1}, "ck_review_items_signals"),
        (ReviewItem, {"assigned_to": "ada"}, "ck_review_items_assignment_ends"),
        (ReviewItem, {"state": "decided"}, "ck_review_items_closed_at"),
        (ReviewItem, {"verdict_id": None}, "ck_review_items_uncertain_has_verdict"),
        (ReviewItem, {"kind": "refusal"}, "ck_review_items_refusal_has_event"),
        (Message, {"state": "delivered"}, "ck_outbox_delivered_at"),
        (Backfill, {"state": "done"}, "ck_backfills_finished_at"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused(
    session: Session, table: Any, values: dict[str, Any], constraint: str
) -> None:
    factories.event(session)
    factories.item(session)
    backfilled = factories.bundle(session)
    session.add(Backfill(id=new_id(), bundle_id=backfilled, queue="rescan"))
    outbox.add(session, new_id(), "art/a.png", MessageKind.VERDICT, {})
    session.flush()
    # Only the bundle that nothing refers to may try another id.
    which = table.id == backfilled if table is Bundle else text("true")

    with pytest.raises(IntegrityError, match=constraint):
        session.execute(_raw_update(table, values).where(which))


def _raw_update(table: Any, values: dict[str, Any]) -> Any:
    """An UPDATE past our own types, which would refuse a wrong member before PostgreSQL could."""
    plain = {name: text(f"'{value}'") if isinstance(value, str) else value for name, value in values.items()}
    return update(table.__table__).values(plain)

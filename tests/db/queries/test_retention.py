"""What is deleted by its age, and what never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from db.models import (
    Backfill,
    BrowserSession,
    ChangeCounter,
    Features,
    Message,
    MessageKind,
    MessageState,
    OidcAttempt,
    SignInAttempts,
    Verdict,
    WebhookAttemptBefore,
    WebhookDelivery,
    WebhookEndpoint,
)
from db.queries import delivery_log, retention
from tests.db import factories
from worker.clock import new_id, new_id_at

DAY = 86_400.0
WEEK = 7 * DAY


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)  # noqa: TID251 - rows of a real past


def count(session: Session, kind: type[Any]) -> int:
    return session.execute(select(func.count()).select_from(kind)).scalar_one()


def message(session: Session, *, days: float, told: bool = True, **given: Any) -> UUID:
    """A message of that age."""
    message_id = new_id_at(ago(days))
    values: dict[str, Any] = {
        "id": message_id,
        "subject": f"art/{message_id}",
        "kind": MessageKind.VERDICT,
        "payload": {"verdict": "GENUINE"},
        "created_at": ago(days),
        "spread_at": ago(days),
    }
    if told:
        values |= {"state": MessageState.DELIVERED, "delivered_at": ago(days)}
    session.execute(insert(Message).values(values | given))
    return message_id


def owe(session: Session, message_id: UUID, **given: Any) -> None:
    """What an endpoint is owed of a message."""
    endpoint = session.scalars(select(WebhookEndpoint.id)).first()
    if endpoint is None:
        endpoint = new_id()
        made = insert(WebhookEndpoint).values(id=endpoint, name="shop", url="u", events=[], networks=[])
        session.execute(made)
    owed = {"endpoint_id": endpoint, "message_id": message_id, "position": 1, "lane": 1}
    session.execute(insert(WebhookDelivery).values(owed | given))


def test_messages_go_once_everyone_was_told_so_long_ago(session: Session) -> None:
    message(session, days=9)
    young = message(session, days=5)
    waits = message(session, days=9, told=False)
    given_up = message(session, days=9, told=False, state=MessageState.DEAD)
    unspread = message(session, days=9, spread_at=None)
    owed = message(session, days=9)
    owe(session, owed)
    got = message(session, days=9)
    owe(session, got, state=MessageState.DELIVERED, delivered_at=ago(9))
    assert retention.forget_messages(session, older_seconds=WEEK, limit=10) == 2
    assert set(session.scalars(select(Message.id))) == {young, waits, given_up, unspread, owed}
    assert session.scalars(select(WebhookDelivery.message_id)).all() == [owed]


def test_a_message_that_was_told_late_is_kept_from_then_on(session: Session) -> None:
    message(session, days=9, delivered_at=ago(1))
    assert retention.forget_messages(session, older_seconds=WEEK, limit=10) == 0


def test_deleted_messages_have_had_their_numbers_and_the_highest_is_remembered(session: Session) -> None:
    for _ in range(3):
        message(session, days=9)
    message(session, days=1)
    assert retention.forget_messages(session, older_seconds=WEEK, limit=2) == 2
    counter = session.execute(select(ChangeCounter.last, ChangeCounter.forgotten)).one()
    assert tuple(counter) == (2, 2)
    assert retention.forget_messages(session, older_seconds=WEEK, limit=2) == 1
    counter = session.execute(select(ChangeCounter.last, ChangeCounter.forgotten)).one()
    assert counter.forgotten == 3
    assert counter.last >= 3
    assert count(session, Message) == 1


def vector(session: Session, *, days: float) -> UUID:
    """The vector of a picture that was judged so many days ago."""
    image_id = factories.image(session)
    bundle = factories.bundle(session)
    features_id = factories.vector(session, image_id, id=new_id_at(ago(days)))
    row = factories.new_verdict(image_id, features_id, bundle)
    values = {name: getattr(row, name) for name in row.__dataclass_fields__}
    session.execute(insert(Verdict).values(values))
    session.execute(update(Features).where(Features.id == features_id).values(created_at=ago(days)))
    return features_id


def test_old_vectors_go_and_their_verdicts_stay_as_they_are(session: Session) -> None:
    old, young = vector(session, days=40), vector(session, days=20)
    said = select(Verdict.id, Verdict.label, Verdict.probability).order_by(Verdict.id)
    before = session.execute(said).all()
    assert retention.forget_vectors(session, older_seconds=30 * DAY, limit=10) == 1
    assert session.scalars(select(Features.id)).all() == [young]
    assert session.execute(said).all() == before
    assert set(session.scalars(select(Verdict.features_id))) == {None, young}
    assert old != young


def test_a_batch_takes_the_oldest_vectors_first(session: Session) -> None:
    days = [60, 90, 70, 80]
    made = {each: vector(session, days=each) for each in days}
    assert retention.forget_vectors(session, older_seconds=30 * DAY, limit=2) == 2
    assert set(session.scalars(select(Features.id))) == {made[60], made[70]}


def test_the_vector_of_a_picture_that_people_are_asked_about_stays(session: Session) -> None:
    features_id = vector(session, days=40)
    image_id = session.scalars(select(Features.image_id).where(Features.id == features_id)).one()
    factories.item(session, image_id=image_id)
    retention.forget_vectors(session, older_seconds=30 * DAY, limit=10)
    assert features_id in session.scalars(select(Features.id)).all()


def test_no_vector_goes_while_a_backfill_reads_them(session: Session) -> None:
    vector(session, days=40)
    bundle = factories.bundle(session)
    run = new_id()
    session.execute(insert(Backfill).values(id=run, bundle_id=bundle, queue="rescan"))
    assert retention.forget_vectors(session, older_seconds=30 * DAY, limit=10) == 0
    session.execute(update(Backfill).values(state="done", finished_at=ago(0)))
    assert retention.forget_vectors(session, older_seconds=30 * DAY, limit=10) == 1


def test_deliveries_go_once_they_were_made_and_only_then(session: Session) -> None:
    made = {"state": MessageState.DELIVERED, "delivered_at": ago(9)}
    owe(session, message(session, days=9), **made)
    owe(session, message(session, days=9), **(made | {"delivered_at": ago(5)}))
    owe(session, message(session, days=9))
    owe(session, message(session, days=9), state=MessageState.DEAD)
    assert retention.forget_deliveries(session, older_seconds=WEEK, limit=10) == 1
    assert count(session, WebhookDelivery) == 3


def test_lines_of_the_log_from_before_its_partitions_go_one_by_one(session: Session) -> None:
    line = {"message_id": new_id(), "attempt": 1, "outcome": "delivered", "seconds": 0.1}
    session.execute(insert(WebhookAttemptBefore), [line | {"at": ago(days)} for days in (9, 8, 1)])
    assert len(delivery_log.latest(session, limit=10)) == 3
    assert retention.forget_attempts(session, older_seconds=WEEK, limit=1) == 1
    assert retention.forget_attempts(session, older_seconds=WEEK, limit=10) == 1
    (left,) = delivery_log.latest(session, limit=10)
    assert left.at > ago(2)


def test_lines_that_fit_no_partition_go_one_by_one_too_and_others_stay(session: Session) -> None:
    line = {"message_id": new_id(), "attempt": 1, "outcome": "delivered", "seconds": 0.1}
    for days in (60, 0):
        statement = text(
            "INSERT INTO webhook_attempts (message_id, attempt, outcome, seconds, at)"
            " VALUES (:message_id, :attempt, :outcome, :seconds, :at)"
        )
        session.execute(statement, line | {"at": ago(days)})
    assert session.scalar(text("SELECT count(*) FROM webhook_attempts_rest")) == 1
    assert retention.forget_attempts(session, older_seconds=WEEK, limit=10) == 1
    assert retention.forget_attempts(session, older_seconds=-DAY, limit=10) == 0, (
        "its partition goes as a whole"
    )


ACCOUNT = "INSERT INTO accounts (id, name, role) VALUES (:id, 'ann', 'moderator')"


@pytest.mark.parametrize("days", [31, 29])
def test_what_signing_in_leaves_behind_goes_by_its_own_time(session: Session, days: int) -> None:
    account = new_id()
    session.execute(text(ACCOUNT), {"id": account})
    digest = bytes(32)
    session.execute(
        insert(SignInAttempts).values(key=digest, failures=1, last_at=ago(days), blocked_until=ago(days))
    )
    session.execute(
        insert(BrowserSession).values(
            id=new_id(), account_id=account, digest=digest, second_factor=False, expires_at=ago(days)
        )
    )
    session.execute(
        insert(OidcAttempt).values(
            state=digest, browser=digest, nonce="n", verifier="v", expires_at=ago(days)
        )
    )
    gone = [
        forget(session, older_seconds=30 * DAY, limit=10)
        for forget in (retention.forget_sign_ins, retention.forget_sessions, retention.forget_oidc_attempts)
    ]
    assert gone == [int(days > 30)] * 3

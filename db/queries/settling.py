"""Tells the platform what an item came to, and takes it back as long as nobody was told."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.models import HumanLabel, Message, MessageKind, MessageState
from db.queries import appeals, clusters, items, outbox
from db.queries.items import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A decision that settles an item, just written."""

    item_id: UUID
    round: int
    decision_id: UUID
    label: HumanLabel
    may_answer: bool
    """Appeals may wait for it; else none is looked for."""


def make_known(session: Session, settled: Settled, *, wait_seconds: float) -> Item:
    """Tell the platform of a settled item, and let near-duplicates find what was decided on it.

    Returns:
        The item as it is now.
    """
    item = items.get(session, settled.item_id)
    assert item is not None, "it was just updated"
    if item.cites is None:
        clusters.remember(session, settled.decision_id, item.image_id)
    _tell(session, item, settled, wait_seconds)
    return item


def unsay(session: Session, message_id: UUID) -> bool:
    """Remove a message that no relay has taken and no reader of the changes has seen."""
    waits = (
        Message.id == message_id,
        Message.state == MessageState.PENDING,
        Message.attempts == 0,
        Message.number.is_(None),
    )
    gone = session.execute(delete(Message).where(*waits).returning(Message.id))
    return gone.scalar_one_or_none() is not None


def _tell(session: Session, item: Item, settled: Settled, wait_seconds: float) -> None:
    """The message has the decision's id, by which ``unsay`` finds it."""
    if item.bucket is None or item.key is None:
        return
    payload = {
        "decision_id": str(settled.decision_id),
        "item_id": str(item.id),
        "event_id": _text(item.event_id),
        "verdict_id": _text(item.verdict_id),
        "bucket": item.bucket,
        "key": item.key,
        "version_id": item.version_id,
        "etag": item.etag,
        "label": settled.label.value,
        "machine_label": None if item.label is None else item.label.value,
        "cites": _text(item.cites),
        "automatic": item.automatic,
        "appeals": _answers(session, settled),
    }
    subject = outbox.subject_of(item.bucket, item.key)
    outbox.add(
        session, settled.decision_id, subject, MessageKind.DECISION, payload, wait_seconds=wait_seconds
    )


def _answers(session: Session, settled: Settled) -> list[dict[str, str]]:
    """The appeals that the decision answers, and what came of each."""
    if not settled.may_answer:
        return []
    answered = appeals.outcomes(session, settled.item_id, settled.round, settled.label)
    return [{"appeal_id": str(appeal_id), "outcome": outcome.value} for appeal_id, outcome in answered]


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)

"""Filing an appeal: the question is put again, to people who have not answered it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db.models.review import ItemKind, ItemState
from db.queries import appeals, decisions, effective, images, notes, review, signals
from db.queries.appeals import NewAppeal, NewEvidence, Target
from db.queries.signals import Signals
from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.review.placing import place_again, policy_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What someone asks for."""

    image_id: UUID | None
    """The picture; or else the object."""
    bucket: str | None
    key: str | None
    appellant: str
    statement: str | None
    filed_by: str


def file(
    session: Session,
    filing: Filing,
    evidence: Sequence[NewEvidence],
    *,
    per_day: int,
    deadline_seconds: float,
) -> UUID:
    """File an appeal: the item is open again, or a new one is, at its place in the queue.

    Nobody gets the item who has decided it before: ``db.queries.eligibility`` sees to that.

    Args:
        session: in a transaction.
        filing: what is asked for.
        evidence: objects that were found to be there.
        per_day: most appeals of one person within 24 hours.
        deadline_seconds: when it should be decided.

    Returns:
        The appeal's id.

    Raises:
        Rejected: ``not_found``: nothing was said of the picture; ``already_appealed``; ``withdrawn``;
            ``appeal_limit``.
    """
    appeals.one_at_a_time(session, filing.appellant)
    image_id = _image(session, filing)
    target = _target(session, filing, image_id)
    _check(session, target, filing.appellant, per_day)
    if target.state is ItemState.DECIDED:
        decisions.reopen(session, target.item_id)
    appeal = NewAppeal(
        id=new_id(),
        item_id=target.item_id,
        round=target.round + (target.state is ItemState.DECIDED),
        against=_against(session, image_id, target),
        appellant=filing.appellant,
        statement_id=notes.write(session, filing.statement, new_id),
        filed_by=filing.filed_by,
    )
    appeals.add(session, appeal, evidence, deadline_seconds=deadline_seconds)
    signals.apply_to(session, target.item_id, Signals(appealed_by=filing.appellant))
    place_again(session, [target.item_id], policy_in_force(session))
    return appeal.id


def _image(session: Session, filing: Filing) -> UUID | None:
    if filing.image_id is not None:
        if images.get(session, filing.image_id) is None:
            raise Rejected(Reason.NOT_FOUND, "there is no picture of this id")
        return filing.image_id
    assert filing.bucket is not None, "an appeal names a picture or an object"
    assert filing.key is not None, "an appeal names a picture or an object"
    return effective.image_of(session, filing.bucket, filing.key)


def _target(session: Session, filing: Filing, image_id: UUID | None) -> Target:
    """The item that the appeal is about; a verdict that no person was asked about gets one."""
    if image_id is not None:
        found = appeals.target_of_image(session, image_id)
    else:
        found = appeals.target_of_upload(session, filing.bucket or "", filing.key or "")
    if found is not None:
        return found
    verdict = None if image_id is None else effective.machine_verdict(session, image_id)
    if verdict is None:
        raise Rejected(Reason.NOT_FOUND, "nothing was said of this picture that could be appealed")
    item = review.NewItem(
        id=new_id(),
        kind=ItemKind.UNCERTAIN,
        priority=0.0,
        image_id=image_id,
        event_id=verdict.event_id,
        verdict_id=verdict.id,
    )
    item_id = review.open_item(session, item)
    return Target(item_id=item_id, state=ItemState.OPEN, round=1)


def _check(session: Session, target: Target, appellant: str, per_day: int) -> None:
    if target.state is ItemState.WITHDRAWN:
        raise Rejected(Reason.WITHDRAWN, "the picture is gone, so there is nothing to look at again")
    if appeals.is_open(session, target.item_id, appellant):
        raise Rejected(Reason.ALREADY_APPEALED, "this person's appeal about this picture is still open")
    if appeals.filed_today(session, appellant) >= per_day:
        raise Rejected(
            Reason.APPEAL_LIMIT,
            f"this person has filed {per_day} appeals within 24 hours: come back tomorrow",
        )


def _against(session: Session, image_id: UUID | None, target: Target) -> str | None:
    """The label that holds at this moment, as the outside knows it."""
    if image_id is None:
        found = appeals.told_label(session, target.item_id)
        return None if found is None else found.value
    decision = effective.decision_on(session, image_id)
    verdict = effective.machine_verdict(session, image_id)
    holds = decision or verdict
    return None if holds is None else holds.label.value

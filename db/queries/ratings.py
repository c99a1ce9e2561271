"""Who said what of which picture: for agreement, for reliability, and for labels that training learns from.

Names stay inside: every answer stands under its reviewer's pseudonym.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import Session

from db.base import db_after
from db.models import Decision, HumanLabel, Image, KnownAnswer, Reviewer, ReviewItem, Stage
from db.queries.eligibility import stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to a question whose answer is known."""

    reviewer: str
    label: HumanLabel
    truth: HumanLabel


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A picture with the decision that stands, and everyone's opinions of that round."""

    image_id: UUID
    sha256: bytes
    bucket: str
    key: str
    domain: str | None
    label: HumanLabel
    opinions: dict[str, HumanLabel]
    """By pseudonym."""


def answers(
    session: Session, *, within_seconds: float | None = None, but_seconds: float = 0.0
) -> list[Answer]:
    """Answers to questions whose answer is known, but for those that were taken back.

    Args:
        session: in a transaction.
        within_seconds: only those of so long ago or less; None for all.
        but_seconds: and none that is younger than this.
    """
    query = (
        select(cast(Reviewer.pseudonym, Text), Decision.label, KnownAnswer.label)
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(KnownAnswer, KnownAnswer.id == ReviewItem.known_answer_id)
        .join(Reviewer, Reviewer.name == Decision.moderator)
        .where(stands(), *_of_period(within_seconds, but_seconds))
    )
    return [Answer(reviewer=who, label=label, truth=truth) for who, label, truth in session.execute(query)]


def units(
    session: Session,
    *,
    within_seconds: float | None = None,
    but_seconds: float = 0.0,
    newest: int | None = None,
) -> list[dict[str, str]]:
    """What people said of the same pictures, where nothing they said decided who was asked.

    First and second opinions of measured items, and everyone's answers to each known answer; of the same
    period as with ``answers``, and no more than the ``newest`` of these answers.
    """
    query = (
        select(
            ReviewItem.known_answer_id,
            ReviewItem.id,
            ReviewItem.round,
            cast(Reviewer.pseudonym, Text),
            Decision.label,
        )
        .join(ReviewItem, ReviewItem.id == Decision.item_id)
        .join(Reviewer, Reviewer.name == Decision.moderator)
        .where(
            or_(ReviewItem.measured, ReviewItem.known_answer_id.is_not(None)),
            Decision.stage != Stage.SENIOR,
            stands(),
            *_of_period(within_seconds, but_seconds),
        )
        .order_by(Decision.created_at.desc())
        .limit(newest)
    )
    found: defaultdict[tuple[UUID, int], dict[str, str]] = defaultdict(dict)
    for known_id, item_id, round_, who, label in session.execute(query):
        found[known_id or item_id, round_][who] = label.value
    return list(found.values())


def names(session: Session) -> dict[str, str]:
    """Names by pseudonym, for those who may know them."""
    query = select(cast(Reviewer.pseudonym, Text), Reviewer.name)
    return dict(session.execute(query).all())


def labelled(session: Session) -> Iterator[Labelled]:
    """Pictures that people have found GENUINE or SYNTHETIC, oldest first; questions are left out."""
    query = (
        select(
            ReviewItem.id,
            Image,
            Decision.round,
            cast(Reviewer.pseudonym, Text),
            Decision.label,
            Decision.settles,
        )
        .join(Image, Image.id == ReviewItem.image_id)
        .join(Decision, Decision.item_id == ReviewItem.id)
        .outerjoin(Reviewer, Reviewer.name == Decision.moderator)
        .where(ReviewItem.known_answer_id.is_(None), ~Decision.automatic, stands(), Image.erased_at.is_(None))
        .order_by(ReviewItem.id, Decision.lease_number)
    )
    by_item: dict[UUID, Labelled] = {}
    opinions: defaultdict[tuple[UUID, int], dict[str, HumanLabel]] = defaultdict(dict)
    for item_id, image, round_, who, label, settles in session.execute(query):
        opinions[item_id, round_][str(who)] = label
        if settles:
            by_item[item_id] = Labelled(
                image_id=image.id,
                sha256=image.sha256,
                bucket=image.bucket,
                key=image.key,
                domain=image.domain,
                label=label,
                opinions=opinions[item_id, round_],
            )
    yield from (each for each in by_item.values() if each.label is not HumanLabel.CANNOT_TELL)


def _of_period(within_seconds: float | None, but_seconds: float) -> list[ColumnElement[bool]]:
    ends = [] if but_seconds == 0 else [Decision.created_at < db_after(-but_seconds)]
    return ends if within_seconds is None else [*ends, Decision.created_at >= db_after(-within_seconds)]

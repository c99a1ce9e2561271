"""What reviewers' work says of reviewers, and the weighted labels that a training may learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from db.queries import ratings
from db.queries.ratings import Labelled
from worker.review.reliability import Reliability, reliability, weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """A picture's label and the probability that it is right."""

    picture: Labelled
    weight: float


def reliabilities(
    session: Session, *, within_seconds: float | None = None, but_seconds: float = 0.0
) -> dict[str, Reliability]:
    """Everyone's reliability, by pseudonym, in a period as of ``ratings``; who was not asked is left out."""
    answers = ratings.answers(session, within_seconds=within_seconds, but_seconds=but_seconds)
    asked = Counter(answer.reviewer for answer in answers)
    right = Counter(answer.reviewer for answer in answers if answer.label is answer.truth)
    return {who: reliability(right[who], count) for who, count in sorted(asked.items())}


def weighted_labels(session: Session) -> Iterator[Weighted]:
    """Every picture that people have found genuine or synthetic, with the weight of its label."""
    known = reliabilities(session)
    for picture in ratings.labelled(session):
        agree = [who for who, said in picture.opinions.items() if said is picture.label]
        others = {who: said for who, said in picture.opinions.items() if said is not picture.label}
        opposed = [who for who, said in others.items() if said.value != "CANNOT_TELL"]
        yield Weighted(picture=picture, weight=weight(agree, opposed, known))

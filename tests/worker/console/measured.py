"""Days on which it was reckoned how often bundles err."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db.models import FeedbackDay, HumanLabel, VerdictLabel
from db.models.bundles import DEFAULT_NAME
from db.queries import bundles
from db.queries.feedback import Judged
from worker.review.feedback import figures


def add_bundle(session: Session, bundle_id: str, name: str) -> None:
    """A bundle that is registered under what its manifest calls it."""
    bundles.register(session, bundle_id, name=DEFAULT_NAME, manifest={"name": name}, location="/b")


def add_day(session: Session, bundle_id: str, day: dt.date, judged: list[Judged]) -> None:
    """The figures of a day, made of verdicts as the sweeper makes them."""
    session.execute(insert(FeedbackDay).values(bundle_id=bundle_id, day=day, figures=figures(judged)))


def told(
    label: VerdictLabel, found: HumanLabel, count: int, *, probability: float, share: float = 1.0
) -> Iterator[Judged]:
    """So many verdicts of one kind."""
    for _ in range(count):
        yield Judged(bundle_id="b", label=label, found=found, probability=probability, share=share)


def some_verdicts(wrong: int, right: int) -> list[Judged]:
    """Of the SYNTHETIC ones so many are wrong; of 40 GENUINE ones 2; of 20 in between 14 are synthetic."""
    return [
        *told(VerdictLabel.SYNTHETIC, HumanLabel.GENUINE, wrong, probability=0.8, share=0.5),
        *told(VerdictLabel.SYNTHETIC, HumanLabel.SYNTHETIC, right // 2, probability=0.85, share=0.5),
        *told(VerdictLabel.SYNTHETIC, HumanLabel.SYNTHETIC, right - right // 2, probability=0.97, share=0.5),
        *told(VerdictLabel.SYNTHETIC, HumanLabel.CANNOT_TELL, 1, probability=0.9, share=0.5),
        *told(VerdictLabel.GENUINE, HumanLabel.GENUINE, 30, probability=0.06, share=0.05),
        *told(VerdictLabel.GENUINE, HumanLabel.GENUINE, 8, probability=0.22, share=0.05),
        *told(VerdictLabel.GENUINE, HumanLabel.SYNTHETIC, 2, probability=0.26, share=0.05),
        *told(VerdictLabel.UNCERTAIN, HumanLabel.SYNTHETIC, 10, probability=0.58),
        *told(VerdictLabel.UNCERTAIN, HumanLabel.GENUINE, 4, probability=0.52),
        *told(VerdictLabel.UNCERTAIN, HumanLabel.SYNTHETIC, 4, probability=0.44),
        *told(VerdictLabel.UNCERTAIN, HumanLabel.GENUINE, 2, probability=0.41),
    ]

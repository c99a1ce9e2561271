"""How often each bundle errs and how far its probabilities can be believed, as the newest day found it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.models import BundleState, FeedbackDay
from db.queries import bundles, daily
from db.queries.bundles import StoredBundle
from db.queries.daily import Day
from detector.reasons import Reason, Rejected
from worker.console.figures.shares import Share
from worker.review.placing import policy_in_force
from worker.review.policy import AuditSampling

COURSE_DAYS = 90
SHOWN = 12
"""Letters of a bundle's id that tell it from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenth:
    """The verdicts whose probability lies in one tenth."""

    begin: float
    end: float
    verdicts: int
    standing_for: float
    """How many verdicts they stand for, those among them that the lot has drawn being of many."""
    said: float
    """Mean probability."""
    found: float
    """Share that people found synthetic."""
    low: float
    high: float
    """95 % interval of ``found``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One bundle, as one day found it."""

    bundle_id: str
    name: str
    state: BundleState | None
    """None where it is not registered any more."""
    day: dt.date
    measured_at: datetime
    accused_wrongly: Share
    """Of the SYNTHETIC verdicts, those that people found genuine."""
    missed: Share
    """Of the GENUINE ones, those found synthetic."""
    unsure_and_synthetic: Share
    """Of the UNCERTAIN ones, those found synthetic."""
    cannot_tell: Share
    """Of all that people were asked about."""
    calibration: tuple[Tenth, ...]
    distance: float | None
    """Expected calibration error: the mean distance of what was said from what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Everything for one page."""

    newest: tuple[Measured, ...]
    """The newest figures of each bundle."""
    chosen: Measured | None
    """The one that is shown whole; None where nothing is known of any."""
    course: tuple[Measured, ...]
    """Its days, oldest first."""
    drawn: AuditSampling
    """What the lot draws of confident verdicts, by the policy in force."""


def gather(session: Session, bundle_id: str | None) -> Feedback:
    """Read everything for one page.

    Args:
        session: in a transaction.
        bundle_id: the bundle that is asked for; else the one that judges, or the one that was measured last.

    Raises:
        Rejected: ``not_found``: no figures are known of that bundle.
    """
    registered = {each.id: each for each in bundles.registered(session)}
    newest = tuple(_measured(day, registered) for day in daily.latest(session, FeedbackDay))
    chosen = _chosen(newest, bundle_id)
    course = () if chosen is None else daily.course(session, FeedbackDay, chosen.bundle_id, days=COURSE_DAYS)
    return Feedback(
        newest=newest,
        chosen=chosen,
        course=tuple(_measured(day, registered) for day in course),
        drawn=policy_in_force(session).policy.audit,
    )


def _chosen(newest: tuple[Measured, ...], bundle_id: str | None) -> Measured | None:
    if bundle_id is not None:
        found = next((each for each in newest if each.bundle_id == bundle_id), None)
        if found is None:
            raise Rejected(
                Reason.NOT_FOUND,
                "nothing is known of how often that bundle errs: the page without a bundle lists those of "
                "which something is",
            )
        return found
    active = (each for each in newest if each.state is BundleState.ACTIVE)
    return next(active, newest[0] if newest else None)


def _measured(day: Day, registered: dict[str, StoredBundle]) -> Measured:
    bundle, figures = registered.get(day.bundle_id), day.figures
    named = {} if bundle is None else bundle.manifest
    return Measured(
        bundle_id=day.bundle_id,
        name=str(named.get("name", day.bundle)),
        state=None if bundle is None else bundle.state,
        day=day.day,
        measured_at=day.measured_at,
        accused_wrongly=_share(figures["accused_wrongly"]),
        missed=_share(figures["missed"]),
        unsure_and_synthetic=_share(figures["unsure_and_synthetic"]),
        cannot_tell=Share.of(figures["cannot_tell"], sum(figures["asked"].values())),
        calibration=tuple(_tenth(each) for each in figures["calibration"]),
        distance=figures["ece"],
    )


def _share(kept: dict[str, Any]) -> Share:
    return Share(
        count=kept["count"], total=kept["total"], value=kept["rate"], low=kept["low"], high=kept["high"]
    )


def _tenth(kept: dict[str, Any]) -> Tenth:
    return Tenth(
        begin=kept["from"],
        end=kept["to"],
        verdicts=kept["n"],
        standing_for=kept["weight"],
        **{name: kept[name] for name in ("said", "found", "low", "high")},
    )

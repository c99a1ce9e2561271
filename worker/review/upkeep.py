"""What the review queue needs done when nobody claims.

Items are put where a new policy wants them, those are cleared that are near what people found genuine,
appeals past their deadline move up, what cites an overturned decision is asked again, confident verdicts are
drawn by lot, and once a day it is reckoned how often each bundle errs.
"""

from __future__ import annotations

import logging
import time

from sqlalchemy.orm import Session, sessionmaker

from db.models import FeedbackDay
from db.queries import daily
from detector.reasons import Rejected
from worker.logs import fields
from worker.review.aftermath import ask_again, hasten_late
from worker.review.clusters import clear_one_batch
from worker.review.placing import place_all, policy_in_force
from worker.review.sampling import draw_one_batch, measure

_HOUR = 3600.0
_FEW = 50
"""Items whose near-duplicates one transaction looks for."""
log = logging.getLogger(__name__)


class Upkeep:
    """One round after another, called by the sweeper that leads.

    Args:
        sessions: makes a session for each transaction.
        batch: most items that one transaction moves.
        undo_seconds: how long what is decided here is kept from the platform, as what people decide.
    """

    def __init__(self, sessions: sessionmaker[Session], *, batch: int, undo_seconds: float) -> None:
        self._sessions = sessions
        self._batch = batch
        self._undo_seconds = undo_seconds
        self._said = ""
        self._asked_at = float("-inf")

    def round(self) -> bool:
        """Do what is due. True where more of the same waits.

        A policy that this version does not understand is said once, and items stay where they are.
        """
        try:
            with self._sessions.begin() as session:
                policy = policy_in_force(session)
        except Rejected as error:
            if error.message != self._said:
                log.warning("policy_invalid", extra=fields(detail=error.message))
            self._said = error.message
            return False
        with self._sessions.begin() as session:
            more = place_all(session, policy, limit=self._batch)
        with self._sessions.begin() as session:
            cluster = policy.policy.cluster
            looked = clear_one_batch(session, cluster, undo_seconds=self._undo_seconds, limit=_FEW)
        with self._sessions.begin() as session:
            appealed = hasten_late(session, policy, limit=self._batch)
        with self._sessions.begin() as session:
            reopened = ask_again(session, policy, limit=_FEW)
        with self._sessions.begin() as session:
            sampled = draw_one_batch(session, policy.policy.audit, limit=self._batch)
        self._measure_daily()
        few = _FEW in {looked, reopened}
        return more or few or self._batch in {sampled, appealed}

    def _measure_daily(self) -> None:
        """Reckon today's figures, if nobody has."""
        if time.monotonic() - self._asked_at < _HOUR:
            return
        self._asked_at = time.monotonic()
        with self._sessions.begin() as session:
            if not daily.measured_today(session, FeedbackDay):
                log.info("feedback_measured", extra=fields(bundles=measure(session)))

"""What the review queue needs done when nobody claims: items put where a new policy wants them."""

from __future__ import annotations

import logging

from sqlalchemy.orm import Session, sessionmaker

from detector.reasons import Rejected
from worker.logs import fields
from worker.review.placing import place_all, policy_in_force

log = logging.getLogger(__name__)


class Upkeep:
    """One round after another, called by the sweeper that leads.

    Args:
        sessions: makes a session for each transaction.
        batch: most items that one transaction moves.
    """

    def __init__(self, sessions: sessionmaker[Session], *, batch: int) -> None:
        self._sessions = sessions
        self._batch = batch
        self._said = ""

    def round(self) -> bool:
        """Do what is due. True where more of the same waits.

        A policy that this version does not understand is said once, and items stay where they are.
        """
        try:
            with self._sessions.begin() as session:
                return place_all(session, policy_in_force(session), limit=self._batch)
        except Rejected as error:
            if error.message != self._said:
                log.warning("policy_invalid", extra=fields(detail=error.message))
            self._said = error.message
            return False

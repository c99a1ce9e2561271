"""One process at a time does what two would do twice; the others stand by."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, Engine, text

log = logging.getLogger(__name__)


class Leadership:
    """A place that one session of PostgreSQL holds, by an advisory lock, until its connection ends.

    Args:
        engine: gives a connection that this object keeps for itself.
        place: the lock's number; the same in every process that competes.
    """

    def __init__(self, engine: Engine, place: int) -> None:
        self._engine = engine
        self._place = place
        self._connection: Connection | None = None
        self._leads = False

    def held(self) -> bool:
        """True while this process leads; tries to take the place where it is free.

        Raises:
            DBAPIError: PostgreSQL is away, and the place with it; the next call starts anew.
        """
        try:
            return self._ask()
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        """Leave the place to another."""
        connection, self._connection, self._leads = self._connection, None, False
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _ask(self) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._leads:
            self._connection.execute(text("SELECT 1"))  # a lost connection has lost the lock
            return True
        taken = self._connection.execute(text("SELECT pg_try_advisory_lock(:place)"), {"place": self._place})
        self._leads = bool(taken.scalar_one())
        if self._leads:
            log.info("leads")
        return self._leads

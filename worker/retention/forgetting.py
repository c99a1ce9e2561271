"""Deletes old rows, one batch of each table after the other, so that nobody waits long for a lock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from db.queries import retention
from worker.logs import fields, trouble
from worker.monitoring.retention import RetentionMetrics
from worker.settings import Settings

log = logging.getLogger(__name__)

_REST_SECONDS = 60.0
"""How long a table is left alone once nothing old is in it, or deleting has failed."""
_DAY = 86_400.0
_IDLE_TOKEN_SECONDS = 3600.0


class Forgets(Protocol):
    """A query of ``db.queries.retention``."""

    def __call__(self, session: Session, /, *, older_seconds: float, limit: int) -> int:
        """Delete at most ``limit`` rows that are so old. How many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long the rows of a table are kept."""

    table: str
    kept_seconds: float
    forgets: Forgets


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    """What the settings let be deleted."""
    full_again = settings.api_burst / settings.api_per_second
    deliveries, sign_ins = settings.retention_deliveries_days, settings.retention_sign_ins_days
    kept: tuple[tuple[str, float | None, Forgets], ...] = (
        ("outbox", _seconds(settings.retention_messages_days), retention.forget_messages),
        ("features", _seconds(settings.retention_features_days), retention.forget_vectors),
        ("webhook_deliveries", _seconds(deliveries), retention.forget_deliveries),
        ("webhook_attempts", _seconds(deliveries), retention.forget_attempts),
        ("sign_in_attempts", _seconds(sign_ins), retention.forget_sign_ins),
        ("browser_sessions", _seconds(sign_ins), retention.forget_sessions),
        ("oidc_attempts", _seconds(sign_ins), retention.forget_oidc_attempts),
        ("kept_answers", settings.api_answers_kept, retention.forget_answers),
        ("allowances", max(_IDLE_TOKEN_SECONDS, full_again), retention.forget_allowances),
    )
    return tuple(
        Rule(table=table, kept_seconds=seconds, forgets=forgets)
        for table, seconds, forgets in kept
        if seconds is not None
    )


class Forgetting:
    """Rounds over the tables."""

    def __init__(
        self,
        rules: tuple[Rule, ...],
        *,
        sessions: sessionmaker[Session],
        metrics: RetentionMetrics,
        batch: int,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Bind the parts.

        Args:
            rules: what may be deleted.
            sessions: on the database.
            metrics: counts what is deleted.
            batch: rows that one transaction deletes.
            seconds: a clock that never goes back.
        """
        self._rules = rules
        self._sessions = sessions
        self._metrics = metrics
        self._batch = batch
        self._seconds = seconds
        self._rests_until = {rule.table: float("-inf") for rule in rules}

    def round(self) -> bool:
        """One batch of each table that does not rest.

        Returns:
            True when more of the same waits.
        """
        due = [rule for rule in self._rules if self._rests_until[rule.table] <= self._seconds()]
        more = [self._forget(rule) for rule in due]
        return any(more)

    def _forget(self, rule: Rule) -> bool:
        """One batch of one table; a table that can't be deleted from holds up nothing else."""
        try:
            with self._sessions.begin() as session:
                gone = rule.forgets(session, older_seconds=rule.kept_seconds, limit=self._batch)
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.warning("not_forgotten", extra=fields(table=rule.table) | trouble(error))
            self._metrics.failed(rule.table)
            gone = 0
        self._metrics.deleted(rule.table, gone)
        if gone < self._batch:
            self._rests_until[rule.table] = self._seconds() + _REST_SECONDS
            return False
        return True


def _seconds(days: int | None) -> float | None:
    return None if days is None else days * _DAY

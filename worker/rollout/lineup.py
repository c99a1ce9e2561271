"""The loaded bundles of one process: the one that speaks, and the one on trial."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from db.engine import asking
from db.models.bundles import BundleState
from db.queries import bundles as registry
from db.queries.bundles import Placed
from detector import Detector
from detector.reasons import Fault
from worker.bundles import POLICY, BundleInUse, open_registered
from worker.logs import fields
from worker.rollout.states import ON_TRIAL
from worker.rollout.traffic import falls_within, place
from worker.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Who judges one image."""

    speaks: Detector
    """Its verdict stands."""
    looks_on: Detector | None
    """It says beside what it would have said; None for most images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """What judges at one moment."""

    active: Detector
    trial: Detector | None
    """On trial and loaded; None where there is none, or it can't be loaded here."""
    state: BundleState | None
    share: float

    def pair_for(self, bucket: str, key: str, object_version: str) -> Pair:
        """Who judges an object version, by its place in the traffic of the bundle on trial."""
        if self.trial is None:
            return Pair(speaks=self.active, looks_on=None)
        where = place(self.trial.bundle.id, bucket, key, object_version)
        if not falls_within(self.share, where):
            return Pair(speaks=self.active, looks_on=None)
        if self.state is BundleState.CANARY:
            return Pair(speaks=self.trial, looks_on=self.active)
        return Pair(speaks=self.active, looks_on=self.trial)


class LineupInUse:
    """The loaded bundles, kept in step with the database.

    Args:
        settings: where weights lie, and how long a bundle that can't be loaded is left alone.
        sessions: on the database that says what judges.
        clock: of that delay.
    """

    def __init__(
        self,
        settings: Settings,
        sessions: sessionmaker[Session],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._sessions = sessions
        self._clock = clock
        self._active = BundleInUse(settings, sessions, clock=clock)
        self._trial: Detector | None = None
        self._failed: str | None = None
        self._try_again_at = 0.0

    def current(self) -> Lineup:
        """What judges now, loaded.

        A bundle on trial that can't be loaded here judges nothing here, and is looked for again after a
        while: uploads don't wait for what nobody relies on yet.

        Raises:
            Fault: the bundle that speaks can't be loaded here.
        """
        with asking(self._sessions) as session:
            placed = registry.placed(session, POLICY)
        speaking = next((each.id for each in placed if each.state is BundleState.ACTIVE), None)
        active = self._active.loaded(speaking)
        tried = next((each for each in placed if each.state in ON_TRIAL), None)
        if tried is None:
            self._trial = None
            return Lineup(active=active, trial=None, state=None, share=0.0)
        return Lineup(active=active, trial=self._on_trial(tried), state=tried.state, share=tried.share or 0.0)

    def _on_trial(self, tried: Placed) -> Detector | None:
        if self._trial is not None and self._trial.bundle.id == tried.id:
            return self._trial
        if self._failed == tried.id and self._clock() < self._try_again_at:
            return None
        self._trial = None  # the one before must go before the next one fills its memory
        try:
            self._trial = open_registered(tried.id, self._settings, self._sessions)
        except Fault as trouble:
            self._failed, self._try_again_at = tried.id, self._clock() + self._settings.fault_delay
            log.error(  # noqa: TRY400 - a sentence
                "trial_unavailable", extra=fields(bundle=tried.id, reason=trouble.reason, why=trouble.message)
            )
            return None
        log.info("trial_loaded", extra=fields(bundle=tried.id, state=tried.state, share=tried.share))
        return self._trial

"""Holds a bundle on trial that accuses too many, and says so of the one that speaks."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from db.models.bundles import DEFAULT_NAME, BundleState
from db.queries import audited, bundles
from db.queries.audited import Audited
from worker.logs import fields
from worker.monitoring.rollouts import RolloutMetrics
from worker.rollout import steps
from worker.rollout.bounds import RolloutBounds
from worker.rollout.states import ON_TRIAL

log = logging.getLogger(__name__)

_DAY = 86_400.0
_INTERVAL = 300.0


def passed(found: Audited, bounds: RolloutBounds) -> list[str]:
    """The bounds that a bundle has passed, in words; none where all is well.

    Of few pictures, one too many would be a large share: fewer than the bounds ask for count as so many.
    """
    said = []
    accusations = max(found.accusations, bounds.least_accusations)
    if found.overturned > bounds.false_accusations * accusations:
        said.append(f"people overturned {found.overturned} of {found.accusations} SYNTHETIC verdicts")
    if found.drawn_wrong > bounds.drawn_accusations * max(found.drawn, bounds.least_drawn):
        drawn = f"{found.drawn} SYNTHETIC verdicts that were drawn by lot"
        said.append(f"people found {found.drawn_wrong} of {drawn} to be genuine")
    known = max(found.known, bounds.least_known)
    if found.known_accused > bounds.known_accusations * known:
        said.append(f"{found.known_accused} of {found.known} known genuine pictures are called SYNTHETIC")
    return said


class RolloutWatch:
    """A round of the sweeper that leads, once in a while.

    Args:
        sessions: on the database.
        bounds: gives the bounds in force.
        metrics: told what was found.
        clock: of the time between two rounds.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        bounds: Callable[[Session], RolloutBounds],
        metrics: RolloutMetrics,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._bounds = bounds
        self._metrics = metrics
        self._clock = clock
        self._next = clock()

    def round(self) -> None:
        """Look at what decides, where it is time to."""
        if self._clock() < self._next:
            return
        self._next = self._clock() + _INTERVAL
        with self._sessions.begin() as session:
            bounds = self._bounds(session)
            placed = {each.state: each for each in bundles.placed(session, DEFAULT_NAME)}
            for state in (BundleState.ACTIVE, *ON_TRIAL):
                bundle = placed.get(state)
                if bundle is None:
                    self._metrics.forget(state)
                    continue
                found = audited.of_bundle(session, bundle.id, within_seconds=bounds.days * _DAY)
                said = passed(found, bounds)
                self._metrics.found(state, found, over=bool(said))
                if said and state in ON_TRIAL:
                    _hold(session, bundle.id, found, bounds, said)
            trial = bundles.on_trial(session, DEFAULT_NAME)
            self._metrics.held.set(trial is not None and trial.held_at is not None)


def _hold(session: Session, bundle_id: str, found: Audited, bounds: RolloutBounds, said: list[str]) -> None:
    finding: dict[str, Any] = {"said": said, "found": asdict(found), "bounds": bounds.model_dump()}
    if steps.hold(session, bundle_id, finding):
        log.error("rollout_held", extra=fields(bundle=bundle_id, why="; ".join(said)))

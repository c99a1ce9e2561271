"""Which bundle speaks, and how a running worker takes up another one.

PostgreSQL says which: the activated bundle, else the one that the settings name, else the shipped starter.
A child asks before each scan, which is one indexed row, and loads only when the answer has changed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from db.models.bundles import DEFAULT_NAME
from db.queries import bundles as registry
from detector import Detector, load_bundle
from detector.bundle import Bundle
from detector.reasons import Fault, Reason
from worker.default_bundle import default_path
from worker.logs import fields
from worker.settings import Settings

log = logging.getLogger(__name__)

POLICY = DEFAULT_NAME
"""Name of the place that one bundle at a time fills."""


def open_bundle(path: Path, settings: Settings) -> Detector:
    """Load and check a bundle with the weights that it names.

    Raises:
        Fault: the bundle or its weights are not what they should be; the message says what to do.
    """
    return load_bundle(path, settings.weights_dir, time.perf_counter)


def same_vectors(one: Bundle, other: Bundle) -> bool:
    """Whether two bundles score the same numbers: a vector that is measured for one will do for the other."""
    backbone, _, _ = one.schema.embedding.partition("/")
    return one.schema == other.schema and one.weights.get(backbone) == other.weights.get(backbone)


def unchecked(detector: Detector) -> str | None:
    """One sentence on the runtime of a loaded bundle; None where its calibration was checked with it."""
    if detector.bundle.checked_with(detector.runtime, detector.precision):
        return None
    return not_checked_with(detector.runtime, detector.precision)


def not_checked_with(runtime: str, precision: str) -> str:
    """That a bundle's calibration was not checked with a runtime, and what follows from it."""
    return (
        f"the bundle's calibration was not checked with {runtime} in {precision}, so its probabilities may be"
        " off; `artgate bundle show` names the runtimes that it was checked with"
    )


def register(session: Session, detector: Detector, path: Path) -> None:
    """Make a bundle known to the database, where verdicts will point at it."""
    registry.register(
        session,
        detector.bundle.id,
        name=POLICY,
        manifest=detector.bundle.manifest,
        location=str(path.resolve()),
    )


def open_registered(bundle_id: str, settings: Settings, sessions: sessionmaker[Session]) -> Detector:
    """Load the bundle that the database knows by this id.

    Raises:
        Fault: as `open_bundle`; ``bundle_invalid``: none is registered; ``bundle_hash_mismatch``: another
            one lies at its place.
    """
    with sessions() as session:
        stored = registry.get(session, bundle_id)
    if stored is None:
        raise Fault(Reason.BUNDLE_INVALID, f"no bundle {bundle_id[:12]} is registered; activate it first")
    detector = open_bundle(Path(stored.location), settings)
    if detector.bundle.id != bundle_id:
        raise Fault(
            Reason.BUNDLE_HASH_MISMATCH,
            f"the bundle {bundle_id[:12]} was replaced at its place; put it back, or activate another one",
        )
    return detector


def activate(path: Path, settings: Settings, sessions: sessionmaker[Session]) -> str:
    """Let the bundle at `path` speak from the next scan on. Returns its id.

    It is loaded first, so that a broken one never becomes active.

    Raises:
        Fault: as `open_bundle`.
    """
    detector = open_bundle(path, settings)
    with sessions.begin() as session:
        register(session, detector, path)
        registry.activate(session, detector.bundle.id)
    return detector.bundle.id


class BundleInUse:
    """The loaded bundle of one process, kept in step with the database."""

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
        self._asked: str | None = None
        self._detector: Detector | None = None
        self._trouble: Fault | None = None
        self._try_again_at = 0.0

    def current(self) -> Detector:
        """The bundle that speaks now, loaded.

        Raises:
            Fault: it can't be loaded here. The same fault comes back at once for a while, so that a
                broken bundle does not cost every scan a load.
        """
        with self._sessions() as session:
            asked = registry.active_id(session, POLICY)
        return self.loaded(asked)

    def loaded(self, asked: str | None) -> Detector:
        """The bundle of that id, which the database was just asked for; None for the one of the settings.

        Raises:
            Fault: as `current`.
        """
        if self._detector is not None and asked == self._asked:
            return self._detector
        if self._trouble is not None and asked == self._asked and self._clock() < self._try_again_at:
            raise Fault(self._trouble.reason, self._trouble.message)
        self._asked, self._detector = asked, None
        try:
            self._detector = self._load(asked)
        except Fault as trouble:
            self._trouble, self._try_again_at = trouble, self._clock() + self._settings.fault_delay
            raise
        return self._detector

    def _load(self, bundle_id: str | None) -> Detector:
        if bundle_id is not None:
            detector = open_registered(bundle_id, self._settings, self._sessions)
        else:
            path = default_path(self._settings)
            detector = open_bundle(path, self._settings)
            with self._sessions.begin() as session:
                register(session, detector, path)
        log.info("bundle_loaded", extra=fields(bundle=detector.bundle.id))
        warning = unchecked(detector)
        if warning is not None:
            log.warning("runtime_unchecked", extra=fields(why=warning))
        return detector

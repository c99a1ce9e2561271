"""Checks of the bundle that would judge here: which one it is, that its parts and weights are whole."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from db.engine import make_engine, make_sessions
from db.queries import bundles as registry
from detector.reasons import ArtgateError, Reason
from worker.default_bundle import default_path
from worker.doctor.finding import Area, Finding
from worker.settings import Settings

_AREA = Area("model")


def check_model(settings: Settings) -> Iterator[Finding]:
    """Load the bundle as a worker would; it takes as long as a worker's start."""
    from worker.bundles import open_bundle, unchecked  # noqa: PLC0415 - loads torch

    location, source = _active(settings)
    path = location or default_path(settings)
    begun = time.perf_counter()
    try:
        loaded = open_bundle(path, settings)
    except ArtgateError as error:
        yield _AREA.wrong(f"{source} bundle", error.message, _ADVICE.get(error.reason, _OTHER))
        return
    seconds = time.perf_counter() - begun
    yield _AREA.ok(f"{source} bundle", f"{loaded.bundle.id[:12]} at {path}, loaded in {seconds:.1f} s")
    computed = f"{loaded.runtime} in {loaded.precision}"
    warning = unchecked(loaded)
    if warning is None:
        yield _AREA.ok("runtime", computed)
    else:
        yield _AREA.note("runtime", computed, warning)


def _active(settings: Settings) -> tuple[Path | None, str]:
    """Where the activated bundle lies; without a database, the one that the settings give."""
    from worker.bundles import POLICY  # noqa: PLC0415 - loads torch

    configured = "configured" if settings.bundle else "starter"
    try:
        engine = make_engine(
            settings.database_url.get_secret_value(), application="artgate doctor", pooled=False
        )
        with make_sessions(engine)() as session:
            active = registry.active(session, POLICY)
    except SQLAlchemyError:
        return None, configured
    return (None, configured) if active is None else (Path(active.location), "active")


_OTHER = "check it with `artgate bundle verify`, or activate another one with `artgate bundle activate`"
_ADVICE = {
    Reason.WEIGHTS_MISSING: "run `artgate weights fetch`",
    Reason.WEIGHTS_HASH_MISMATCH: "delete the weights file and run `artgate weights fetch`",
}

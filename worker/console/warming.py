"""Reads ahead what the first page of an item would wait for."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from db.models import BundleState
from db.queries import bundles
from db.queries.bundles import StoredBundle
from detector.bundle import Bundle, read_bundle
from detector.explanation import read_ahead
from detector.reasons import ArtgateError
from worker.console.sources import Sources
from worker.default_bundle import default_path
from worker.evidence.filed import bundle_at
from worker.logs import fields
from worker.settings import Settings

log = logging.getLogger(__name__)


def begin(settings: Settings, sources: Sources, makes: sessionmaker[Session]) -> threading.Thread:
    """Warm up beside the requests; gives the thread, which ends by itself."""
    thread = threading.Thread(target=warm_up, args=(settings, sources, makes), name="warm-up", daemon=True)
    thread.start()
    return thread


def warm_up(settings: Settings, sources: Sources, makes: sessionmaker[Session]) -> None:
    """Read the bundle in use and LightGBM with its trees, and make what reads the storage.

    What can't be read is said in the log and nothing else: the pages say it where it matters.
    """
    try:
        sources.warm_up()
        with makes() as session:
            used = _in_use(bundles.registered(session))
        for stored in used:
            _keep(sources, bundle_at(stored.id, Path(stored.location)))
        if not used:
            _keep(sources, read_bundle(default_path(settings)))  # what a worker is about to register
    except (ArtgateError, SQLAlchemyError) as error:
        log.warning("not_warmed_up", extra=fields(error=str(error)))


def _keep(sources: Sources, bundle: Bundle) -> None:
    read_ahead(sources.bundles.get(bundle.id, lambda: (bundle, 1)))


def _in_use(registered: list[StoredBundle]) -> list[StoredBundle]:
    """The active bundle, else the newest one: what most items were judged by."""
    active = [each for each in registered if each.state is BundleState.ACTIVE]
    return active or registered[:1]

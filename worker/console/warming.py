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
from detector.explanation import read_ahead
from detector.reasons import ArtgateError
from worker.console.sources import Sources
from worker.evidence.filed import bundle_at
from worker.logs import fields

log = logging.getLogger(__name__)


def begin(sources: Sources, makes: sessionmaker[Session]) -> threading.Thread:
    """Warm up beside the requests; gives the thread, which ends by itself."""
    thread = threading.Thread(target=warm_up, args=(sources, makes), name="warm-up", daemon=True)
    thread.start()
    return thread


def warm_up(sources: Sources, makes: sessionmaker[Session]) -> None:
    """Read the bundle in use and LightGBM with its trees, and make what reads the storage.

    What can't be read is said in the log and nothing else: the pages say it where it matters.
    """
    try:
        sources.warm_up()
        with makes() as session:
            used = _in_use(bundles.registered(session))
        for stored in used:
            _read(sources, stored)
    except (ArtgateError, SQLAlchemyError) as error:
        log.warning("not_warmed_up", extra=fields(error=str(error)))


def _read(sources: Sources, stored: StoredBundle) -> None:
    made = sources.bundles.get(stored.id, lambda: (bundle_at(stored.id, Path(stored.location)), 1))
    read_ahead(made)


def _in_use(registered: list[StoredBundle]) -> list[StoredBundle]:
    """The active bundle, else the newest one: what most items were judged by."""
    active = [each for each in registered if each.state is BundleState.ACTIVE]
    return active or registered[:1]

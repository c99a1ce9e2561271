"""A database of each test's own, with bundles that load in a moment and an admin who answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.engine import make_engine, make_sessions
from tests.bundles import make_bundle
from tests.worker.inbox import Sessions
from worker.bundles import activate, open_bundle, register
from worker.settings import Settings

Register = Callable[[int], str]


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Of a database of this test."""
    engine = make_engine(new_database(), pooled=False)
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def registered(settings: Settings, sessions: Sessions, tmp_path: Path) -> Register:
    """Makes the bundle of a seed and makes it known. Gives its id."""

    def make(seed: int) -> str:
        path = make_bundle(tmp_path, seed)
        detector = open_bundle(path, settings)
        with sessions.begin() as session:
            register(session, detector, path)
        return detector.bundle.id

    return make


@pytest.fixture
def active(settings: Settings, sessions: Sessions, tmp_path: Path) -> str:
    """Id of the bundle that speaks."""
    return activate(make_bundle(tmp_path, 0), settings, sessions)

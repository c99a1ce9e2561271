"""Which bundle speaks, and what happens while it can't."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from db.engine import make_engine, make_sessions
from db.queries import bundles as registry
from detector import STARTER
from detector.reasons import Fault, Reason
from tests.bundles import make_bundle
from tests.worker.inbox import Sessions
from worker.bundles import POLICY, BundleInUse, activate
from worker.default_bundle import default_path
from worker.settings import Settings


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Sessions:
    """Of a database in which no bundle has been activated."""
    return make_sessions(make_engine(new_database(), pooled=False))


class Hours:
    """A clock that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hours:
    return Hours()


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    """Settings that name a bundle of this test."""
    return settings.model_copy(update={"bundle": make_bundle(tmp_path)})


def test_the_shipped_bundle_speaks_where_the_settings_name_none(settings: Settings, own: Settings) -> None:
    assert default_path(settings.model_copy(update={"bundle": None})) == STARTER
    assert default_path(own) == own.bundle


def test_the_settings_bundle_speaks_until_another_is_activated(
    own: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    used = BundleInUse(own, sessions)
    first = used.current()
    assert used.current() is first, "it is loaded once"
    with sessions() as session:
        stored = registry.get(session, first.bundle.id)
        assert registry.active_id(session, POLICY) is None
    assert stored is not None
    activated = activate(make_bundle(tmp_path, seed=1), own, sessions)
    assert used.current().bundle.id == activated != first.bundle.id


def test_a_broken_bundle_never_becomes_active(own: Settings, sessions: Sessions, tmp_path: Path) -> None:
    broken = make_bundle(tmp_path, seed=1)
    (broken / "svm.npz").write_bytes(b"")
    with pytest.raises(Fault):
        activate(broken, own, sessions)
    with sessions() as session:
        assert registry.active_id(session, POLICY) is None


def test_a_bundle_that_is_away_is_looked_for_again_after_a_while(
    own: Settings, sessions: Sessions, tmp_path: Path, clock: Hours
) -> None:
    path = make_bundle(tmp_path, seed=1)
    activated = activate(path, own, sessions)
    away = tmp_path / "away"
    shutil.move(path, away)
    used = BundleInUse(own, sessions, clock=clock)
    with pytest.raises(Fault):
        used.current()
    shutil.move(away, path)
    with pytest.raises(Fault):
        used.current()  # not every scan pays for a load
    clock.now = own.fault_delay + 1
    assert used.current().bundle.id == activated


def test_another_bundle_at_the_place_of_the_active_one_does_not_speak(
    own: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    path = make_bundle(tmp_path, seed=1)
    activate(path, own, sessions)
    shutil.rmtree(path)
    shutil.move(make_bundle(tmp_path, seed=2), path)
    with pytest.raises(Fault) as caught:
        BundleInUse(own, sessions).current()
    assert caught.value.reason is Reason.BUNDLE_HASH_MISMATCH

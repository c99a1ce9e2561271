"""What the worker's tests share: sessions of the module's database, and a broker of one's own to break."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import make_engine, make_sessions
from deploy.local.valkey import Valkey
from tests.bundles import make_vouched_bundle
from tests.worker.inbox import Sessions
from worker.dispatch import Dispatcher
from worker.settings import Settings


@pytest.fixture(scope="module")
def sessions(database: str) -> Iterator[Sessions]:
    """Sessions of the module's database."""
    engine = make_engine(database, application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def dispatcher(settings: Settings) -> Iterator[Dispatcher]:
    """A line to the module's broker."""
    made = Dispatcher(settings)
    yield made
    made.close()


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A broker that a test may stop, kill and wipe."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_broker(settings: Settings, own_valkey: Valkey) -> Settings:
    """The module's settings with `own_valkey` as the broker."""
    return settings.model_copy(update={"broker_url": type(settings.broker_url)(own_valkey.url)})


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that loads in a moment; its verdicts and its warranty mean nothing."""
    return make_vouched_bundle(tmp_path_factory.mktemp("bundle"))

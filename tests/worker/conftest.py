"""What the worker's tests share: sessions of the module's database, and a broker of one's own to break."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.engine import make_engine, make_sessions
from db.queries.events import Standing
from deploy.local.valkey import Valkey
from tests.bundles import make_vouched_bundle
from tests.pictures import encode, flat
from tests.servers import Bucket
from tests.worker.inbox import Sessions, standing, take_in
from tests.worker.receiver import Receiver, receiver
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.scan import Scanner, open_scanner
from worker.settings import Settings

ScanGray = Callable[..., Standing]


@pytest.fixture(scope="module")
def sessions(database: str) -> Iterator[Sessions]:
    """Sessions of the module's database."""
    engine = make_engine(database, application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def own_sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Sessions of a database that only this test has."""
    engine = make_engine(new_database(), application="tests")
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


@pytest.fixture
def platform() -> Iterator[Receiver]:
    """A platform's webhook, which says 200 until told otherwise."""
    with receiver() as told:
        yield told


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that loads in a moment; its verdicts and its warranty mean nothing."""
    return make_vouched_bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def scanner(settings: Settings, tiny_bundle: Path) -> Iterator[Scanner]:
    """A child's scanner, by which that bundle judges."""
    made = open_scanner(settings.model_copy(update={"bundle": tiny_bundle}), "host:1")
    yield made
    made.close()


@pytest.fixture(scope="module")
def scan_gray(scanner: Scanner, sessions: Sessions, bucket: Bucket) -> ScanGray:
    """Uploads a gray picture of a level of 0 to 255, scans it, and says where its event stands."""

    def run(level: int, domain: str | None = None) -> Standing:
        key = f"{new_id()}.png"
        etag = bucket.put(key, encode(flat(80, 90, (level, level, level))))
        event = take_in(sessions, bucket.name, key, etag=etag, domain=domain)
        scanner.scan(event)
        return standing(sessions, event)

    return run

"""Fixtures that need real servers. Any test that asks for one is marked ``stack``.

The servers start once per test session (and once per xdist worker). Set ARTGATE_DATABASE_URL,
ARTGATE_BROKER_URL or ARTGATE_S3_ENDPOINT (with its keys) to use your own instead.

The makers (``new_database``...) serve any scope; the plain fixtures give one to each test module.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from deploy.local.places import state_root
from deploy.local.seaweedfs import SeaweedFS
from deploy.local.stack import LocalStack, OwnServers
from deploy.local.workspace import Workspace
from tests.databases import Databases
from tests.servers import Bucket, broker_maker, bucket_maker, settings_for
from worker.settings import Settings, read_settings

_SERVER_FIXTURES = {"workspace", "stack", "seaweedfs"}


def pytest_configure() -> None:
    """Heed Ctrl-C: what a shell runs in the background ignores it, and children would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that reach a server, however far away in their fixtures."""
    for item in items:
        if _SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def workspace() -> Iterator[Workspace]:
    """The folder of this test session's servers; gone at its end."""
    made = Workspace.create(state_root(), "test")
    yield made
    made.remove()


@pytest.fixture(scope="session")
def stack(workspace: Workspace) -> Iterator[LocalStack]:
    """PostgreSQL, Valkey and an S3 server, running."""
    local = LocalStack(workspace, own=OwnServers.named_by(read_settings()))
    local.start()
    yield local
    local.stop()


@pytest.fixture(scope="session")
def seaweedfs(workspace: Workspace) -> Iterator[SeaweedFS]:
    """A second S3 server, with versions and with a key that may not read; it takes 3 s to start."""
    server = SeaweedFS(workspace.folder / "seaweedfs")
    server.start()
    workspace.record(server.child.identity)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(stack: LocalStack) -> Iterator[Databases]:
    """Makes databases, migrated or empty; all are dropped at the end."""
    made = Databases(stack.database_url)
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def new_database(databases: Databases) -> Callable[[], str]:
    """Makes a fresh migrated database at each call and gives its SQLAlchemy URL (about 0.03 s)."""
    return databases.migrated


@pytest.fixture(scope="session")
def new_broker(stack: LocalStack) -> Callable[[], str]:
    """Gives the URL of another, empty database of the broker at each call."""
    return broker_maker(stack.broker_url)


@pytest.fixture(scope="session")
def new_bucket(stack: LocalStack) -> Callable[[], Bucket]:
    """Makes a fresh bucket at each call."""
    return bucket_maker(stack.storage)


@pytest.fixture(scope="session")
def new_versioned_bucket(seaweedfs: SeaweedFS) -> Callable[[], Bucket]:
    """Makes a fresh bucket with versions at each call, on SeaweedFS."""
    make_plain = bucket_maker(seaweedfs.access)

    def make() -> Bucket:
        bucket = make_plain()
        bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
        return bucket

    return make


@pytest.fixture(scope="module")
def database(new_database: Callable[[], str]) -> str:
    """SQLAlchemy URL of a fresh migrated database, one for each test module."""
    return new_database()


@pytest.fixture(scope="module")
def broker_url(new_broker: Callable[[], str]) -> str:
    """URL of an empty broker database, one for each test module."""
    return new_broker()


@pytest.fixture(scope="module")
def bucket(new_bucket: Callable[[], Bucket]) -> Bucket:
    """A fresh bucket, one for each test module."""
    return new_bucket()


@pytest.fixture(scope="module")
def settings(database: str, broker_url: str, bucket: Bucket) -> Settings:
    """Settings that point at this module's database, broker and bucket."""
    return settings_for(database=database, broker=broker_url, bucket=bucket)

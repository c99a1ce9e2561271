"""Each server of the local stack, driven by its launcher: it starts, survives, stops and leaves nothing."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import psycopg
import pytest
import redis
from botocore.exceptions import ClientError
from redis.backoff import NoBackoff
from redis.retry import Retry

from deploy.local.juicefs import JuiceFS
from deploy.local.postgres import Postgres
from deploy.local.seaweedfs import SeaweedFS
from deploy.local.stack import LocalStack, OwnServers, cache_folder
from deploy.local.storage import Access
from deploy.local.valkey import Valkey
from deploy.local.workspace import Workspace
from tests.servers import Bucket, bucket_maker


@pytest.fixture
def postgres(workspace: Workspace) -> Iterator[Postgres]:
    server = Postgres(workspace.folder / "own-postgres", cache=cache_folder())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(workspace: Workspace) -> Iterator[Valkey]:
    server = Valkey(workspace.folder / "own-valkey", durable=True)
    server.start()
    yield server
    server.stop()


def _connect(server: Postgres) -> psycopg.Connection:
    return psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True)


def test_postgresql_keeps_committed_rows_through_a_kill_of_its_first_process(postgres: Postgres) -> None:
    with _connect(postgres) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    postgres.kill()
    postgres.start()
    with _connect(postgres) as connection:
        assert connection.execute("SELECT number FROM kept").fetchall() == [(7,)]


def test_postgresql_asks_for_its_password(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:wrong@127.0.0.1:{postgres.port}/artgate")


def test_postgresql_runs_as_nobody_where_we_are_root_else_as_ourselves(postgres: Postgres) -> None:
    expected = os.getuid() or pwd.getpwnam("nobody").pw_uid
    assert Path(f"/proc/{postgres.child.pid}").stat().st_uid == expected


def test_a_stopped_postgresql_leaves_no_shared_memory(workspace: Workspace) -> None:
    shared = Path("/dev/shm")
    before = set(shared.glob("PostgreSQL.*"))
    server = Postgres(workspace.folder / "killed-postgres", cache=cache_folder())
    server.start()
    lines = (workspace.folder / "killed-postgres" / "data" / "postmaster.pid").read_text().splitlines()
    key = lines[6].split()[0]
    server.kill()
    server.stop()
    assert key not in {line.split()[0] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}
    assert set(shared.glob("PostgreSQL.*")) <= before


def test_valkey_keeps_what_its_log_has_through_a_kill(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.set("kept", "yes")
        client.bgrewriteaof()
    valkey.kill()
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"yes"


def test_valkey_asks_for_its_password_and_never_evicts(valkey: Valkey) -> None:
    with (
        redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_juicefs_keeps_objects_through_a_kill(workspace: Workspace) -> None:
    server = JuiceFS(workspace.folder / "own-juicefs")
    server.start()
    bucket = bucket_maker(server.access)()
    etag = bucket.put("a/picture.png", b"bytes")
    server.kill()
    server.start()
    assert bucket.client.head_object(Bucket=bucket.name, Key="a/picture.png")["ETag"] == f'"{etag}"'
    server.stop()


def test_juicefs_refuses_a_wrong_secret(stack: LocalStack, bucket: Bucket) -> None:
    assert _status_of_reading(stack.storage, bucket.name, secret="wrong" * 8) == 403


def test_seaweedfs_keeps_versions(new_versioned_bucket: Callable[[], Bucket]) -> None:
    bucket = new_versioned_bucket()
    for body in (b"first", b"second"):
        bucket.put("picture", body)
    listed = bucket.client.list_object_versions(Bucket=bucket.name)["Versions"]
    assert len({version["VersionId"] for version in listed}) == 2


def test_seaweedfs_forbids_reading_to_a_key_that_may_only_list(
    seaweedfs: SeaweedFS, new_versioned_bucket: Callable[[], Bucket]
) -> None:
    bucket = new_versioned_bucket()
    bucket.put("picture", b"bytes")
    assert _status_of_reading(seaweedfs.limited_access, bucket.name) == 403


def test_secrets_lie_in_files_for_this_user_alone(stack: LocalStack) -> None:
    if stack.valkey is None:
        pytest.skip("the broker is not ours")
    configuration = stack.workspace.folder / "valkey" / "valkey.conf"
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    command = Path(f"/proc/{stack.valkey.child.pid}/cmdline").read_bytes()
    assert stack.valkey.password.encode() not in command


def test_named_servers_are_used_and_not_started(workspace: Workspace) -> None:
    own = OwnServers(
        database_url="postgresql://elsewhere/db",
        broker_url="redis://elsewhere/0",
        storage=Access(endpoint="http://elsewhere", access_key="key", secret_key="secret"),
    )
    stack = LocalStack(workspace, own=own)
    assert stack.servers == ()
    assert (stack.database_url, stack.broker_url) == (own.database_url, own.broker_url)
    assert stack.storage == own.storage


def _status_of_reading(access: Access, bucket: str, secret: str | None = None) -> int:
    client = boto3.client(
        "s3",
        endpoint_url=access.endpoint,
        region_name=access.region,
        aws_access_key_id=access.access_key,
        aws_secret_access_key=secret or access.secret_key,
    )
    with pytest.raises(ClientError) as refused:
        client.get_object(Bucket=bucket, Key="picture")
    return int(refused.value.response["ResponseMetadata"]["HTTPStatusCode"])

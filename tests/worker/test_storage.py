"""Reading objects from real S3 servers, and from one that misbehaves."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from deploy.local.seaweedfs import SeaweedFS
from deploy.local.storage import Access
from detector.reasons import ArtgateError, Fault, Reason, Rejected, Transient
from tests.servers import Bucket
from worker.settings import Settings
from worker.storage import FetchedObject, Storage, make_client

MIB = 1 << 20


def storage_at(access: Access, *, patience: float = 10.0, seconds: float = 30.0) -> Storage:
    """Waits `patience` for each next byte, and `seconds` for all of an object."""
    settings = Settings(
        s3_endpoint=access.endpoint,
        s3_region=access.region,
        s3_access_key=SecretStr(access.access_key),
        s3_secret_key=SecretStr(access.secret_key),
        s3_attempts=1,
        s3_read_timeout=patience,
        s3_connect_timeout=patience,
    )
    return Storage(make_client(settings), seconds=seconds)


def fetch(storage: Storage, bucket: str, key: str, **named: Any) -> FetchedObject:
    return storage.fetch(bucket, key, **({"version_id": None, "etag": None, "max_bytes": MIB} | named))


def refusal(kind: type[ArtgateError], storage: Storage, bucket: str, key: str, **named: Any) -> Reason:
    with pytest.raises(kind) as caught:
        fetch(storage, bucket, key, **named)
    return caught.value.reason


@pytest.fixture(scope="module")
def storage(bucket: Bucket) -> Storage:
    return storage_at(bucket.access)


@pytest.mark.parametrize(
    "key", ["a.png", "mit Leerzeichen und+plus.png", "画像/ü 100%.png", "a/#?&=%2F;~*.png"]
)
def test_an_object_of_any_key_is_read_as_it_is(storage: Storage, bucket: Bucket, key: str) -> None:
    etag = bucket.put(key, b"bytes")
    found = fetch(storage, bucket.name, key, etag=etag)
    assert (found.data, found.etag, found.size) == (b"bytes", etag, 5)


def test_an_object_that_was_replaced_is_not_read(storage: Storage, bucket: Bucket) -> None:
    etag = bucket.put("replaced.png", b"old")
    bucket.put("replaced.png", b"new")
    assert refusal(Rejected, storage, bucket.name, "replaced.png", etag=etag) is Reason.OBJECT_CHANGED


def test_a_missing_object_and_a_missing_bucket_are_refused(storage: Storage, bucket: Bucket) -> None:
    assert refusal(Rejected, storage, bucket.name, "none.png") is Reason.OBJECT_MISSING
    assert refusal(Rejected, storage, "no-such-bucket", "none.png") is Reason.OBJECT_MISSING
    assert refusal(Rejected, storage, "No bucket/name!", "none.png") is Reason.OBJECT_MISSING


def test_size_is_limited_at_the_byte(storage: Storage, bucket: Bucket) -> None:
    bucket.put("large.bin", bytes(1000))
    assert fetch(storage, bucket.name, "large.bin", max_bytes=1000).size == 1000
    assert refusal(Rejected, storage, bucket.name, "large.bin", max_bytes=999) is Reason.TOO_MANY_BYTES


def test_an_empty_object_is_read(storage: Storage, bucket: Bucket) -> None:
    bucket.put("empty.png", b"")
    assert fetch(storage, bucket.name, "empty.png").data == b""


@pytest.mark.parametrize("keys", [{"access_key": "unknown"}, {"secret_key": "wrong-secret"}])
def test_wrong_keys_are_our_fault_and_refuse_nothing(bucket: Bucket, keys: dict[str, str]) -> None:
    bucket.put("a.png", b"bytes")
    access = bucket.access
    wrong = Access(
        endpoint=access.endpoint,
        access_key=keys.get("access_key", access.access_key),
        secret_key=keys.get("secret_key", access.secret_key),
    )
    storage = storage_at(wrong)
    assert refusal(Fault, storage, bucket.name, "a.png") is Reason.SETTINGS_INVALID


def test_a_version_is_read_though_it_was_replaced(
    seaweedfs: SeaweedFS, new_versioned_bucket: Callable[[], Bucket]
) -> None:
    bucket = new_versioned_bucket()
    old = bucket.client.put_object(Bucket=bucket.name, Key="a.png", Body=b"old")["VersionId"]
    bucket.put("a.png", b"new")
    storage = storage_at(seaweedfs.access)
    found = fetch(storage, bucket.name, "a.png", version_id=old)
    assert (found.data, found.version_id) == (b"old", old)
    assert refusal(Rejected, storage, bucket.name, "a.png", version_id="0" * 32) is Reason.OBJECT_MISSING


def test_an_object_that_may_not_be_read_is_refused(
    seaweedfs: SeaweedFS, new_versioned_bucket: Callable[[], Bucket]
) -> None:
    bucket = new_versioned_bucket()
    bucket.put("a.png", b"bytes")
    storage = storage_at(seaweedfs.limited_access)
    assert refusal(Rejected, storage, bucket.name, "a.png") is Reason.OBJECT_FORBIDDEN


@contextmanager
def server_that(answer: Callable[[Any], object]) -> Iterator[Storage]:
    """A storage whose server reads one request a connection and answers with `answer(socket)`."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while b"\r\n\r\n" not in self.request.recv(65536):
                pass
            answer(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        yield storage_at(Access(endpoint=endpoint, access_key="a", secret_key="b"), patience=0.5, seconds=1.0)
        server.shutdown()


def head(length: int | None, status: str = "200 OK") -> bytes:
    announced = b"" if length is None else b"Content-Length: %d\r\n" % length
    return b"HTTP/1.1 %s\r\nConnection: close\r\n%s\r\n" % (status.encode(), announced)


def test_a_body_that_breaks_off_is_worth_another_try() -> None:
    with server_that(lambda socket: socket.sendall(head(1000) + bytes(10))) as storage:
        assert refusal(Transient, storage, "bucket", "key") is Reason.STORAGE_UNAVAILABLE


def test_a_storage_in_trouble_is_worth_another_try() -> None:
    with server_that(lambda socket: socket.sendall(head(0, "503 Slow Down"))) as storage:
        assert refusal(Transient, storage, "bucket", "key") is Reason.STORAGE_UNAVAILABLE


def test_a_silent_storage_is_given_up_in_time() -> None:
    over = threading.Event()
    with server_that(lambda socket: (socket.sendall(head(1000)), over.wait(10))) as storage:
        assert refusal(Transient, storage, "bucket", "key") is Reason.STORAGE_UNAVAILABLE
        over.set()


def test_a_storage_that_trickles_is_given_up_in_time() -> None:
    over = threading.Event()

    def trickle(socket: Any) -> None:
        socket.sendall(head(100 * MIB))
        while not over.wait(0.2):
            socket.sendall(bytes(MIB))

    with server_that(trickle) as storage:
        reason = refusal(Transient, storage, "bucket", "key", max_bytes=200 * MIB)
        over.set()
    assert reason is Reason.STORAGE_UNAVAILABLE


def test_a_size_that_was_not_announced_is_limited_while_reading() -> None:
    def endless(socket: Any) -> None:
        socket.sendall(head(None))
        try:
            while True:
                socket.sendall(bytes(MIB))
        except OSError:
            return

    with server_that(endless) as storage:
        assert refusal(Rejected, storage, "bucket", "key") is Reason.TOO_MANY_BYTES


def test_a_storage_that_is_down_is_worth_another_try() -> None:
    storage = storage_at(Access(endpoint="http://127.0.0.1:9", access_key="a", secret_key="b"))
    assert refusal(Transient, storage, "bucket", "key") is Reason.STORAGE_UNAVAILABLE

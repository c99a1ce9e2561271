"""Bad input on the running stack: each ends in a clear error or a reason, and the worker lives on."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from detector.reasons import Reason
from tests.acceptance.conftest import TOKEN, Installation
from tests.pictures import jpeg
from worker.clock import unix_now


def bomb(side: int = 20_000) -> bytes:
    """A PNG of side x side black pixels, one bit each: 50 MB of zeros in a file of 50 KB."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * side), 9)
    chunks = ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


FILES: dict[str, tuple[bytes, Reason]] = {
    "empty.png": (b"", Reason.EMPTY),
    "page.png": (b"<!DOCTYPE html><html><body>not found</body></html>", Reason.UNSUPPORTED_FORMAT),
    "truncated.jpg": (jpeg()[:1500], Reason.TRUNCATED),
    "bomb.png": (bomb(), Reason.TOO_MANY_PIXELS),
}


def test_bad_files_end_in_a_reason_that_the_platform_is_told(installation: Installation) -> None:
    ids = {name: installation.upload(name, data) for name, (data, _) in FILES.items()}
    for name, event_id in ids.items():
        reason = FILES[name][1]
        told = installation.wait_until_told(event_id).json
        assert (told["type"], told["reason"], told["state"]) == ("refusal", reason, "refused"), name
        said = installation.standing(event_id)
        assert (said["state"], said["reason"]) == ("refused", reason)


def test_an_object_of_300_megabytes_is_refused_without_being_read(
    installation: Installation, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(300 * 2**20)
    with large.open("rb") as file:
        installation.bucket.client.put_object(Bucket=installation.bucket.name, Key="large.png", Body=file)
    told = installation.wait_until_told(installation.announce("large.png")).json
    assert told["reason"] == Reason.TOO_MANY_BYTES
    assert installation.worker.running


def test_a_missing_object_is_refused(installation: Installation) -> None:
    told = installation.wait_until_told(installation.announce("never-stored.png")).json
    assert told["reason"] == Reason.OBJECT_MISSING


@pytest.mark.parametrize("key", ["mit Leerzeichen.jpg", "作品/絵 №1 (ü).jpg", "plus+and%20percent.jpg"])
def test_keys_with_spaces_and_unicode_get_their_verdict(installation: Installation, key: str) -> None:
    told = installation.wait_until_told(installation.upload(key, jpeg(seed=len(key)))).json
    assert (told["type"], told["key"]) == ("verdict", key)
    assert told["verdict"] in {"GENUINE", "UNCERTAIN", "SYNTHETIC"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"key": None}, Reason.BAD_EVENT), ({"bucket": "unknown"}, Reason.BUCKET_NOT_ALLOWED)],
)
def test_an_event_that_names_nothing_of_ours_is_refused_at_the_door(
    installation: Installation, change: dict[str, Any], reason: Reason
) -> None:
    body = {"bucket": installation.bucket.name, "key": "a.png"} | change
    answer = installation.post({name: value for name, value in body.items() if value is not None})
    assert 400 <= answer.status_code < 500
    assert reason.value in answer.text


def test_a_bad_signature_is_refused(installation: Installation) -> None:
    answer = installation.client.post(
        "/v1/events",
        json={"bucket": installation.bucket.name, "key": "a.png"},
        headers={"X-Artgate-Signature": f"t={unix_now()},v1={'0' * 64}"},
    )
    assert answer.status_code == 401
    assert Reason.BAD_SIGNATURE.value in answer.text


def test_the_same_event_twice_is_one_event(installation: Installation) -> None:
    etag = installation.bucket.put("twice.jpg", jpeg(seed=3))
    first = installation.announce("twice.jpg", etag=etag)
    assert installation.announce("twice.jpg", etag=etag) == first
    installation.wait_until_told(first)
    assert installation.announce("twice.jpg", etag=etag) == first


def test_the_worker_still_works_after_all_that(installation: Installation) -> None:
    told = installation.wait_until_told(installation.upload("good.jpg", jpeg(seed=1))).json
    assert told["type"] == "verdict"
    said = installation.standing(told_id := installation.upload("good too.jpg", jpeg(seed=2)))
    assert said["id"] == str(told_id)
    assert installation.worker.running
    assert TOKEN not in installation.worker.text

"""``artgate submit`` on a real bucket: single objects, and a first stock of pictures."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from db.models.events import EventState, WorkQueue
from tests.servers import Bucket
from tests.worker.cli.conftest import Artgate
from tests.worker.inbox import Sessions, standing
from worker.clock import new_id

JSONL = ("--format", "jsonl")


def test_an_object_is_handed_in_as_an_upload(artgate: Artgate, bucket: Bucket, sessions: Sessions) -> None:
    """Pinned to the version that is there now; the same one twice is one event."""
    key = "stock/mit Leerzeichen + %20.png"
    bucket.put(key, b"first")
    address = f"s3://{bucket.name}/{key}"
    (line,) = artgate("submit", address, *JSONL).lines
    assert line == {"object": address, "id": line["id"]}
    found = standing(sessions, UUID(line["id"]))
    assert (found.key, found.state) == (key, EventState.QUEUED)
    assert queue_of(sessions, line["id"]) is WorkQueue.SCAN
    assert artgate("submit", address, *JSONL).lines == [line]
    bucket.put(key, b"second")
    assert artgate("submit", address, *JSONL).lines != [line]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("s3://{bucket}/missing.png", "object_missing"),
        ("s3://{bucket}", "bad_event"),
        ("https://{bucket}/a.png", "bad_event"),
    ],
)
def test_what_can_not_be_handed_in_is_said(artgate: Artgate, bucket: Bucket, address: str, code: str) -> None:
    """The others are handed in all the same; the status is 3."""
    bucket.put("good.png", b"good")
    bad, good = address.format(bucket=bucket.name), f"s3://{bucket.name}/good.png"
    ended = artgate("submit", bad, good, *JSONL)
    assert ended.status == 3
    assert ended.lines[0]["error"]["code"] == code
    assert ended.lines[1]["id"]
    assert f"[{code}]" in artgate("submit", bad).err


def test_a_foreign_bucket_is_refused(
    artgate: Artgate, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The storage is not even asked what lies in it: neither bucket exists or doesn't to whoever asks."""
    bucket.put("foreign.png", b"foreign")
    monkeypatch.setenv("ARTGATE_BUCKETS", "others")
    for name in (bucket.name, "no-such-bucket"):
        ended = artgate("submit", f"s3://{name}/foreign.png", *JSONL)
        assert ended.lines[0]["error"]["code"] == "bucket_not_allowed"
        recursive = artgate("submit", f"s3://{name}/foreign", "--recursive")
        assert recursive.status == 3
        assert "[bucket_not_allowed]" in recursive.err


def test_a_stock_is_handed_in_as_bulk_work_and_known_the_next_time(
    artgate: Artgate, bucket: Bucket, sessions: Sessions
) -> None:
    """So a run that was stopped goes on; what was replaced since is handed in anew."""
    prefix = f"{new_id()}/"
    for number in range(25):
        bucket.put(f"{prefix}{number}.png", b"%d" % number)
    bucket.client.put_object(Bucket=bucket.name, Key=prefix, Body=b"")  # what stands for a folder
    address = f"s3://{bucket.name}/{prefix}"
    first = artgate("submit", address, "--recursive", *JSONL)
    assert first.lines == [{"address": address, "objects": 25, "new": 25, "known": 0, "refused": 0}]
    assert {queue for _, queue in rows(sessions, prefix)} == {WorkQueue.RESCAN}
    bucket.put(f"{prefix}7.png", b"replaced")
    bucket.put(f"{prefix}new.png", b"new")
    again = artgate("submit", address, "--recursive", *JSONL)
    assert again.lines == [{"address": address, "objects": 26, "new": 2, "known": 24, "refused": 0}]
    assert len(rows(sessions, prefix)) == 27
    assert "handed in: 26" in again.err
    assert "known already" in artgate("submit", address, "--recursive").out


def rows(sessions: Sessions, prefix: str) -> list[tuple[str, WorkQueue]]:
    query = text("SELECT key, queue FROM events WHERE starts_with(key, :prefix)")
    with sessions() as session:
        return [(key, WorkQueue(queue)) for key, queue in session.execute(query, {"prefix": prefix})]


def queue_of(sessions: Sessions, event_id: str) -> WorkQueue:
    with sessions() as session:
        query = text("SELECT queue FROM events WHERE id = :id")
        return WorkQueue(session.execute(query, {"id": UUID(event_id)}).scalar_one())

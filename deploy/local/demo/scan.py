"""The platform's part of the demo: upload pictures, tell the hook of each, ask until all are answered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import boto3
import httpx
from botocore.exceptions import ClientError

from deploy.local.launch import StackError
from worker import signature
from worker.clock import unix_now, utc_now
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER

_TERMINAL = {"done", "refused", "dead", "noted"}
_FAULTS = ("bundle_", "weights_", "settings_")
"""How reasons begin that an operator must act on."""
_ASK_EVERY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture in the bucket and the event that told of it."""

    name: str
    bucket: str
    key: str
    event_id: str


def upload_all(settings: Settings, pictures: Sequence[Path]) -> list[Upload]:
    """Put every picture into the bucket and post the S3 event of each, signed, to the hook.

    Raises:
        StackError: the hook did not accept an event.
    """
    storage = _storage(settings)
    with httpx.Client(base_url=_hook(settings), timeout=10) as http:
        return [_upload(storage, http, settings, picture) for picture in pictures]


def follow(
    settings: Settings, uploads: Sequence[Upload], advance: Callable[[int], None], seconds: float
) -> None:
    """Ask the hook where each event stands until all have ended.

    Args:
        settings: where the hook is, and a token for it.
        uploads: what was uploaded.
        advance: told how many have ended whenever it was asked.
        seconds: when to give up.

    Raises:
        StackError: not all ended in time, or the worker says what it can't work without.
    """
    token = settings.hook_tokens[0].get_secret_value()
    waiting = {upload.event_id for upload in uploads}
    deadline = time.monotonic() + seconds
    with httpx.Client(base_url=_hook(settings), timeout=10) as http:
        http.headers["Authorization"] = f"Bearer {token}"
        while waiting:
            standings = {event: _standing(http, event) for event in waiting}
            waiting = {event for event, said in standings.items() if said["state"] not in _TERMINAL}
            _expect_no_fault(standings[event] for event in waiting)
            advance(len(uploads) - len(waiting))
            if waiting and time.monotonic() > deadline:
                raise StackError(
                    f"{len(waiting)} of {len(uploads)} pictures got no answer in {seconds:.0f} s"
                )
            time.sleep(_ASK_EVERY if waiting else 0)


def _upload(storage: Any, http: httpx.Client, settings: Settings, picture: Path) -> Upload:
    bucket, key, body = settings.buckets[0], f"samples/{picture.name}", picture.read_bytes()
    stored = storage.put_object(Bucket=bucket, Key=key, Body=body)
    event = _created(settings, key, len(body), str(stored["ETag"]).strip('"'))
    header = signature.sign(settings.hook_secrets[0].get_secret_value(), event, unix_now())
    answer = http.post("/v1/events", content=event, headers={SIGNATURE_HEADER: header})
    if answer.status_code != httpx.codes.ACCEPTED:
        raise StackError(f"the hook answered {answer.status_code} to an event: {answer.text}")
    return Upload(name=picture.name, bucket=bucket, key=key, event_id=answer.json()["ids"][0])


def _created(settings: Settings, key: str, size: int, etag: str) -> bytes:
    """The notification that S3 sends for a new object (event version 2.1)."""
    bucket = settings.buckets[0]
    stored = {"key": quote_plus(key, safe="/"), "size": size, "eTag": etag}
    stored["sequencer"] = f"{time.time_ns():016X}"
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": settings.s3_region,
        "eventTime": utc_now().isoformat().replace("+00:00", "Z"),
        "eventName": "ObjectCreated:Put",
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "artgate",
            "bucket": {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"},
            "object": stored,
        },
    }
    return json.dumps({"Records": [record]}).encode()


def _standing(http: httpx.Client, event_id: str) -> dict[str, Any]:
    answer = http.get(f"/v1/events/{event_id}")
    known = answer.status_code == httpx.codes.OK
    return dict(answer.json()) if known else {"state": "unknown", "reason": None}


def _expect_no_fault(standings: Iterable[dict[str, Any]]) -> None:
    """Don't wait for what only a person can mend, such as weights that are missing."""
    for said in standings:
        if str(said["reason"]).startswith(_FAULTS):
            raise StackError(f"the worker can't judge: {said['detail']} [{said['reason']}]")


def _storage(settings: Settings) -> Any:
    assert settings.s3_access_key is not None, "the demo's settings name it"
    assert settings.s3_secret_key is not None, "the demo's settings name it"
    client: Any = boto3.client(
        "s3",
        endpoint_url=settings.s3_endpoint,
        region_name=settings.s3_region,
        aws_access_key_id=settings.s3_access_key.get_secret_value(),
        aws_secret_access_key=settings.s3_secret_key.get_secret_value(),
    )
    try:
        client.head_bucket(Bucket=settings.buckets[0])
    except ClientError:
        client.create_bucket(Bucket=settings.buckets[0])
    return client


def _hook(settings: Settings) -> str:
    return f"http://{settings.hook_host}:{settings.hook_port}"

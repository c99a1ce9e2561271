"""One picture's whole way through the code on ``PYTHONPATH``: hook, worker, relay, reviewer, sweeper.

A program that runs apart, with the code of another release, and that must therefore know no more than both
have. It takes ARTGATE's settings from the environment and ends with one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

import worker
from db.engine import make_engine, make_sessions
from db.queries import changes, delivery_log
from tests.bundles import make_bundle
from tests.pictures import encode
from tests.worker.receiver import receiver
from worker import signature
from worker.audit.chainer import Chainer
from worker.audit.form import Keyring
from worker.audit.verifier import verify
from worker.clock import unix_now
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.relay import Relay
from worker.review.upkeep import Upkeep
from worker.scan import open_scanner
from worker.settings import Settings, read_settings
from worker.signature import SIGNATURE_HEADER
from worker.storage import make_client
from worker.sweeper import Sweeper
from worker.webhooks import endpoints

_SECRET = "of the hook"
_KEYS = Keyring([b"k" * 32])


def travel(folder: Path) -> dict[str, Any]:
    """Take three pictures in, judge them, have one decided, tell of all; gives what was seen."""
    with receiver() as platform:
        settings = read_settings().model_copy(
            update={
                "bundle": make_bundle(folder),
                "webhook_url": platform.url,
                "webhook_secret": type(read_settings().database_url)("of the webhook"),
            }
        )
        engine = make_engine(settings.database_url.get_secret_value(), application="the release before")
        sessions = make_sessions(engine)
        with sessions.begin() as session:
            endpoints.add(session, "other", platform.url, events=(), networks=("127.0.0.1/32",))
        seen: dict[str, Any] = {"code": str(Path(worker.__file__).parents[1])}
        with (
            closing(Dispatcher(settings)) as dispatcher,
            TestClient(make_app(settings, sessions, dispatcher)) as client,
        ):
            seen["ready"] = client.get("/readyz").status_code
            events = [_upload(settings, client, level) for level in (40, 131, 240)]
            Sweeper(settings, sessions=sessions, dispatcher=dispatcher).sweep()
            _scan(settings, events)
            seen["states"] = [_state(client, event) for event in events]
            seen["decision"] = _decide(client)
        _mend(sessions, settings)
        seen["told"] = _tell(settings, sessions, lambda: len(platform.taken))
        seen |= _read(sessions)
        seen["left"] = _trim(settings, sessions)
        engine.dispose()
    return seen


def _upload(settings: Settings, client: Any, level: int) -> str:
    """Store a gray picture and post its event; dark ones are people's to the bundle, bright ones not."""
    grain = np.random.default_rng(level).normal(level, 8, (96, 96, 3))
    bucket, key = settings.buckets[0], f"{level}.png"
    make_client(settings).put_object(
        Bucket=bucket, Key=key, Body=encode(np.clip(grain, 0, 255).astype(np.uint8))
    )
    body = json.dumps({"bucket": bucket, "key": key, "uploader": "mika"}).encode()
    header = {SIGNATURE_HEADER: signature.sign(_SECRET, body, unix_now())}
    answer = client.post("/v1/events", content=body, headers=header)
    assert answer.status_code == 202, answer.text
    (event,) = answer.json()["ids"]
    return str(event)


def _scan(settings: Settings, events: list[str]) -> None:
    """What a worker's child does: claim, fetch, judge, and commit what came of it."""
    scanner = open_scanner(settings, "before:1")
    for event in events:
        scanner.scan(UUID(event))
    scanner.close()


def _state(client: Any, event: str) -> str:
    answer = client.get(f"/v1/events/{event}", headers={"Authorization": "Bearer of the platform"})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["state"])


def _decide(client: Any) -> str | None:
    """Claim the next item and call it genuine."""
    ann = {"Authorization": "Bearer of ann"}
    claimed = client.post("/v1/review/claim", json={}, headers=ann)
    assert claimed.status_code == 200, claimed.text
    item = claimed.json()
    decided = client.post(
        f"/v1/review/items/{item['id']}/decide",
        json={"lease_number": item["lease_number"], "decision": "genuine", "note": "brush strokes"},
        headers=ann,
    )
    assert decided.status_code == 200, decided.text
    label: str | None = decided.json()["decision"]
    return label


def _mend(sessions: sessionmaker[Session], settings: Settings) -> None:
    """The sweeper's other duties: items that lapsed, and the audit log's chain."""
    Upkeep(sessions, batch=100, undo_seconds=settings.review_undo_seconds).round()
    Chainer(sessions, _KEYS).chain_all()


def _tell(settings: Settings, sessions: sessionmaker[Session], told: Callable[[], int]) -> int:
    """Relay until both receivers have been told of three verdicts and one decision, 20 seconds at most."""
    relay, deadline = Relay(settings, sessions=sessions), time.monotonic() + 20
    while told() < 8 and time.monotonic() < deadline:
        if not relay.deliver_due():
            time.sleep(0.05)
    relay.close()
    return told()


def _trim(settings: Settings, sessions: sessionmaker[Session]) -> int:
    """Let the relay forget its log, which it keeps for a second. How many lines are left."""
    time.sleep(1.1)
    relay = Relay(settings, sessions=sessions)
    relay.deliver_due()
    relay.close()
    with sessions() as session:
        return len(delivery_log.latest(session, limit=100))


def _read(sessions: sessionmaker[Session]) -> dict[str, Any]:
    """What this code reads back of what it wrote."""
    with sessions.begin() as session:
        lines = delivery_log.latest(session, limit=100)
        changes.number_new(session, limit=100)
        numbers = [change.number for change in changes.since(session, 0, limit=100)]
    with sessions() as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        findings = verify(session, _KEYS).findings
    return {
        "log": sorted(line.endpoint or "settings" for line in lines),
        "changes": numbers,
        "audit": [str(finding) for finding in findings],
    }


if __name__ == "__main__":
    print(json.dumps(travel(Path(sys.argv[1]))))

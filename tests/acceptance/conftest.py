"""All of artgate's processes on the local stack, a platform that listens, and a bundle that loads fast."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from db.engine import make_engine, make_sessions
from deploy.local.launch import free_port
from tests.bundles import make_bundle
from tests.servers import Bucket, settings_for
from tests.worker.cli.conftest import Outcome
from tests.worker.cli.shell import ARTGATE
from tests.worker.inbox import Sessions, wait_until
from tests.worker.receiver import Received, Receiver, receiver
from tests.worker.running import Running, artgate, environment
from worker import signature
from worker.clock import unix_now
from worker.settings import Settings

SECRET = "of the hook"
TOKEN = "of the platform"
MODERATORS = {"ann": "of ann", "bob": "of bob"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A running artgate, seen from outside."""

    settings: Settings
    sessions: Sessions
    bucket: Bucket
    client: httpx.Client
    platform: Receiver
    worker: Running

    def post(self, body: dict[str, Any]) -> httpx.Response:
        """Post a signed event."""
        request = self.client.build_request("POST", "/v1/events", json=body)
        header = signature.sign(SECRET, request.content, unix_now())
        return self.client.send(self._signed(request, header))

    def upload(self, key: str, data: bytes) -> UUID:
        """Store an object, post its event, and give the event's id."""
        return self.announce(key, etag=self.bucket.put(key, data))

    def announce(self, key: str, **facts: Any) -> UUID:
        """Post the event of an object that is, or is not, there."""
        answer = self.post({"bucket": self.bucket.name, "key": key, **facts})
        assert answer.status_code == 202, answer.text
        (event_id,) = answer.json()["ids"]
        return UUID(event_id)

    def standing(self, event_id: UUID) -> dict[str, Any]:
        """What the hook says of an event."""
        answer = self.client.get(f"/v1/events/{event_id}", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said

    def review(self, moderator: str, method: str, path: str, **body: Any) -> httpx.Response:
        """What a moderator asks of the review API."""
        headers = {"Authorization": f"Bearer {MODERATORS[moderator]}"}
        return self.client.request(method, f"/v1/review/{path}", json=body or None, headers=headers)

    def begin(self, *words: object) -> subprocess.Popen[str]:
        """Begin one of artgate's commands, as an operator does."""
        return subprocess.Popen(
            [ARTGATE, *map(str, words)],
            env=environment(self.settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def operate(self, *words: object) -> Outcome:
        """Run one of artgate's commands to its end."""
        with self.begin(*words) as running:
            out, err = running.communicate(timeout=60)
        return Outcome(status=running.returncode, out=out, err=err)

    def wait_until_told(self, event_id: UUID, seconds: float = 60.0) -> Received:
        """Wait until the platform has been told of an event's end."""
        wait_until(lambda: self._told(event_id) != [], f"a message about {event_id}", seconds)
        return self._told(event_id)[0]

    def _told(self, event_id: UUID) -> list[Received]:
        return [got for got in self.platform.taken if got.json["event_id"] == str(event_id)]

    @staticmethod
    def _signed(request: httpx.Request, header: str) -> httpx.Request:
        request.headers["X-Artgate-Signature"] = header
        return request


@pytest.fixture(scope="module")
def platform() -> Iterator[Receiver]:
    with receiver() as told:
        yield told


@pytest.fixture(scope="module")
def settings(
    database: str,
    broker_url: str,
    bucket: Bucket,
    platform: Receiver,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    return settings_for(
        database=database,
        broker=broker_url,
        bucket=bucket,
        bundle=make_bundle(tmp_path_factory.mktemp("bundle")),
        hook_port=free_port(),
        hook_secrets=(SECRET,),
        hook_tokens=(TOKEN,),
        moderator_tokens=MODERATORS,
        webhook_url=platform.url,
        webhook_secret="of the webhook",
        webhook_backoff=0.1,
        worker_children=1,
        sweep_interval=0.2,
        sweep_grace=0.5,
        relay_interval=0.05,
        publish_timeout=0.4,
        review_undo_seconds=0.3,
    )


@pytest.fixture(scope="module")
def installation(
    settings: Settings, bucket: Bucket, platform: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("processes")
    engine = make_engine(settings.database_url.get_secret_value())
    with ExitStack() as stack:
        for command in ("hook", "sweeper", "relay"):
            stack.enter_context(artgate(command, settings, folder))
        worker = stack.enter_context(artgate("worker", settings, folder))
        client = stack.enter_context(
            httpx.Client(base_url=f"http://127.0.0.1:{settings.hook_port}", trust_env=False)
        )
        wait_until(lambda: _ready(client), "the hook", 30)
        worker.wait_until_said("bundle_loaded")
        yield Installation(
            settings=settings,
            sessions=make_sessions(engine),
            bucket=bucket,
            client=client,
            platform=platform,
            worker=worker,
        )
    engine.dispose()


def _ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False

"""One trace from the hook's request to the platform's webhook, over processes as they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from db.engine import make_engine, make_sessions
from db.models import Event
from deploy.local.launch import free_port
from deploy.local.valkey import Valkey
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.inbox import Sessions, wait_until, wait_until_terminal
from tests.worker.receiver import receiver
from tests.worker.running import artgate, serving
from tests.worker.tracing.collector import Collector, Seen, collector
from worker import tracing
from worker.dispatch import Dispatcher
from worker.intake.accept import Intake
from worker.settings import Settings
from worker.sweeper import Sweeper

TOKEN = "a-token-of-the-platform-in-this-test"
KEY = "ann-somebody/her picture.jpg"
WAY = ["receive", "insert", "dispatch", "task", "commit", "webhook"]
STAGES = ["fetch", "decode", "features", "score", "commit"]
"""Of a bundle without a backbone."""


@pytest.fixture(scope="module")
def traces() -> Iterator[Collector]:
    with collector() as made:
        yield made


@pytest.fixture(scope="module")
def spans(
    settings: Settings,
    traces: Collector,
    bucket: Bucket,
    sessions: Sessions,
    tiny_bundle: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[UUID, dict[str, Seen]]:
    """An upload's event, and its spans by name, after it was posted, judged and told."""
    folder = tmp_path_factory.mktemp("processes")
    with receiver() as platform:
        traced = settings.model_copy(
            update={
                "traces_endpoint": traces.url,
                "bundle": tiny_bundle,
                "hook_port": free_port(),
                "hook_tokens": (SecretStr(TOKEN),),
                "worker_children": 1,
                "webhook_url": platform.url,
                "webhook_secret": SecretStr("s" * 32),
                "webhook_networks": ("127.0.0.0/8",),
                "relay_interval": 0.2,
            }
        )
        with (
            serving(traced, folder) as hook,
            artgate("worker", traced, folder),
            artgate("relay", traced, folder),
        ):
            event = {"bucket": bucket.name, "key": KEY, "etag": bucket.put(KEY, jpeg(64, 64))}
            answer = httpx.post(
                f"{hook}/v1/events",
                json=event,
                headers={"Authorization": f"Bearer {TOKEN}"},
                trust_env=False,
                timeout=20,
            )
            event_id = UUID(answer.json()["ids"][0])
            wait_until_terminal(sessions, [event_id], seconds=120)
            wait_until(lambda: bool(platform.taken), "the webhook")
            wait_until(lambda: {*WAY, *STAGES} <= {span.name for span in traces.spans}, "the spans", 30)
    return event_id, {span.name: span for span in traces.spans}


def test_one_trace_leads_from_the_request_to_the_webhook(spans: tuple[UUID, dict[str, Seen]]) -> None:
    _, by_name = spans
    assert len({span.trace_id for span in by_name.values()}) == 1
    assert by_name["receive"].parent_id == ""
    for above, below in pairwise(WAY):
        assert by_name[below].parent_id == by_name[above].span_id, (above, below)
    services = [by_name[name].service.removeprefix("artgate-") for name in WAY]
    assert services == ["hook", "hook", "hook", "worker", "worker", "relay"]


def test_the_stages_of_a_scan_lie_below_its_task_in_their_order(spans: tuple[UUID, dict[str, Seen]]) -> None:
    _, by_name = spans
    stages = sorted((by_name[name] for name in STAGES), key=lambda span: span.begun)
    assert [span.name for span in stages] == STAGES
    assert {span.parent_id for span in stages} == {by_name["task"].span_id}
    assert not any(span.failed for span in by_name.values())


def test_spans_tell_of_event_and_image_and_of_nothing_else(
    spans: tuple[UUID, dict[str, Seen]], traces: Collector, sessions: Sessions, bucket: Bucket
) -> None:
    event_id, by_name = spans
    with sessions() as session:
        image_id = session.execute(select(Event.image_id).where(Event.id == event_id)).scalar_one()
    assert by_name["commit"].attributes == {
        "artgate.event_id": str(event_id),
        "artgate.image_id": str(image_id),
    }
    keys = {key for span in by_name.values() for key in span.attributes}
    assert keys == {"artgate.event_id", "artgate.image_id"}
    sent = b"".join(traces.bodies)
    for word in ("ann-somebody", "picture.jpg", bucket.name, TOKEN):
        assert word.encode() not in sent


def test_a_dispatch_by_the_sweeper_goes_on_with_the_trace(
    new_database: Callable[[], str], own_valkey: Valkey
) -> None:
    """The row keeps it: no message told of this event, and its hook is gone."""
    engine = make_engine(new_database())
    sessions = make_sessions(engine)
    with collector() as traces:
        settings = Settings(
            broker_url=SecretStr(own_valkey.url), sweep_grace=0, buckets=("art",), traces_endpoint=traces.url
        )
        tracing.begin(settings, "sweeper")
        event_id = Intake(sessions, buckets=settings.buckets, announce=len).submit("art", "a.png")
        dispatcher = Dispatcher(settings)
        Sweeper(settings, sessions=sessions, dispatcher=dispatcher).sweep()
        tracing.end()
        dispatcher.close()
    engine.dispose()
    (insert,), (dispatch,) = traces.named("insert"), traces.named("dispatch")
    assert (dispatch.trace_id, dispatch.parent_id) == (insert.trace_id, insert.span_id)
    assert dispatch.attributes == {"artgate.event_id": str(event_id)}

"""From hook to verdict over RabbitMQ's quorum queues, through its death and a worker's.

`make test-rabbitmq` runs it; `make test` does not, for the server comes with Debian's package alone. The
tests go in this order, from a broker without queues to one whose queue is broken.

RabbitMQ 3.10 writes what it knows of a new quorum queue to disk up to a second after it has confirmed
messages of it. A kill within this second can leave the queue without a leader, for restarts do not mend it:
it takes no message and gives none. The uploads' rows are in PostgreSQL, so none is lost, but an operator must
delete the queue and restart the workers. The first test restarts the server in order, which writes all; the
last one takes a queue's leader away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from db.models.events import EventState, WorkQueue
from deploy.local.launch import free_port
from deploy.local.workspace import Workspace
from tests.pictures import jpeg
from tests.servers import Bucket
from tests.worker.inbox import Sessions, standing, wait_until, wait_until_terminal
from tests.worker.rabbitmq.server import RabbitMQ
from tests.worker.running import Running, artgate, serving
from worker.clock import new_id
from worker.dispatch import Depth, Dispatcher
from worker.doctor.broker import check_broker
from worker.doctor.finding import Health
from worker.settings import Settings

TOKEN = "a-token-of-the-platform-in-this-test"
HELD = Depth(ready={WorkQueue.SCAN: 5, WorkQueue.RESCAN: 1}, unacked=0)


@pytest.fixture(scope="module")
def rabbitmq(workspace: Workspace) -> Iterator[RabbitMQ]:
    server = RabbitMQ(workspace.folder / "rabbitmq")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def settings(settings: Settings, rabbitmq: RabbitMQ, tiny_bundle: Path) -> Settings:
    return settings.model_copy(
        update={
            "broker_url": SecretStr(rabbitmq.add_user()),
            "bundle": tiny_bundle,
            "hook_port": free_port(),
            "hook_tokens": (SecretStr(TOKEN),),
            "worker_children": 1,
            "lease_seconds": 10,
            "sweep_interval": 0.2,
            "queued_deadline": 3,
            "publish_timeout": 2.0,
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def hook(settings: Settings, folder: Path) -> Iterator[str]:
    with serving(settings, folder) as address:
        yield address


@pytest.fixture(scope="module")
def worker(settings: Settings, folder: Path) -> Iterator[Running]:
    with artgate("sweeper", settings, folder), artgate("worker", settings, folder) as running:
        running.wait_until_said("bundle_loaded", seconds=120)
        yield running


@pytest.fixture
def upload(hook: str, bucket: Bucket) -> Callable[[], UUID]:
    """Stores a picture and posts its event; gives the event's id."""

    def post() -> UUID:
        key = f"{new_id()}.jpg"
        event = {"bucket": bucket.name, "key": key, "etag": bucket.put(key, jpeg(64, 64))}
        answer = httpx.post(
            f"{hook}/v1/events",
            json=event,
            headers={"Authorization": f"Bearer {TOKEN}"},
            trust_env=False,
            timeout=20,
        )
        assert answer.status_code == 202, answer.text
        return UUID(answer.json()["ids"][0])

    return post


def queues(rabbitmq: RabbitMQ) -> dict[str, list[str]]:
    """What RabbitMQ says of its queues: kind, state, leader."""
    lines = rabbitmq.control("list_queues", "name", "type", "state", "leader", "--no-table-headers")
    return {name: facts for name, *facts in (line.split("\t") for line in lines.splitlines())}


def test_what_the_broker_holds_is_counted_and_outlives_a_restart(
    dispatcher: Dispatcher, rabbitmq: RabbitMQ
) -> None:
    scans = [(new_id(), WorkQueue.SCAN)] * 5
    assert dispatcher.send_all([*scans, (new_id(), WorkQueue.RESCAN)])
    assert dispatcher.epoch() == "durable"
    assert dispatcher.depth() == HELD
    rabbitmq.stop()
    rabbitmq.start()
    assert dispatcher.depth() == HELD
    assert {name: facts[:2] for name, facts in queues(rabbitmq).items()} == {
        queue.value: ["quorum", "running"] for queue in WorkQueue
    }


def test_a_broker_that_is_down_takes_nothing_and_keeps_what_it_had(
    dispatcher: Dispatcher, rabbitmq: RabbitMQ
) -> None:
    rabbitmq.kill()
    assert not dispatcher.send(new_id())
    assert dispatcher.depth() is None
    rabbitmq.start()
    wait_until(lambda: dispatcher.depth() == HELD, "what the broker has on disk", seconds=60)
    assert dispatcher.send(new_id())


def test_the_doctor_knows_it(settings: Settings) -> None:
    (finding,) = check_broker(settings)
    assert finding.health is Health.OK
    assert finding.found.startswith(("RabbitMQ 3", "RabbitMQ 4"))


def test_the_doctor_is_told_of_a_wrong_password(settings: Settings, rabbitmq: RabbitMQ) -> None:
    url = rabbitmq.url_of("artgate", "secret-word")
    wrong = settings.model_copy(update={"broker_url": SecretStr(url)})
    (finding,) = check_broker(wrong)
    assert finding.health is Health.WRONG
    assert "password" in (finding.advice or "")
    assert "secret-word" not in repr(finding)


def test_an_upload_becomes_a_verdict(
    worker: Running, upload: Callable[[], UUID], sessions: Sessions, rabbitmq: RabbitMQ
) -> None:
    ended = wait_until_terminal(sessions, [upload() for _ in range(5)], seconds=60)
    assert {(each.state, each.attempts) for each in ended} == {(EventState.DONE, 1)}
    assert set(queues(rabbitmq)) == {queue.value for queue in WorkQueue}, "no queue of Celery's own"


def test_uploads_go_on_after_the_broker_was_killed(
    worker: Running, upload: Callable[[], UUID], sessions: Sessions, rabbitmq: RabbitMQ
) -> None:
    rabbitmq.kill()
    away = [upload() for _ in range(3)]
    rabbitmq.start()
    ended = wait_until_terminal(sessions, [*away, *(upload() for _ in range(3))], seconds=90)
    assert {each.state for each in ended} == {EventState.DONE}


def test_a_killed_workers_messages_come_to_the_next_one(
    worker: Running, upload: Callable[[], UUID], sessions: Sessions
) -> None:
    uploaded = [upload() for _ in range(8)]
    worker.kill()
    worker.start_again()
    ended = wait_until_terminal(sessions, uploaded, seconds=90)
    assert {each.state for each in ended} == {EventState.DONE}


def test_messages_that_the_broker_lost_are_made_anew_for_the_uploads_that_wait(
    worker: Running, upload: Callable[[], UUID], sessions: Sessions, rabbitmq: RabbitMQ
) -> None:
    worker.terminate(seconds=60)
    uploaded = [upload() for _ in range(3)]
    wait_until(
        lambda: all(standing(sessions, each).state is EventState.QUEUED for each in uploaded), "the messages"
    )
    rabbitmq.control("purge_queue", "scan")
    worker.start_again()
    ended = wait_until_terminal(sessions, uploaded, seconds=90)
    assert {each.state for each in ended} == {EventState.DONE}


def test_uploads_wait_while_a_queue_has_no_leader_and_go_on_once_it_was_deleted(
    worker: Running, upload: Callable[[], UUID], sessions: Sessions, rabbitmq: RabbitMQ
) -> None:
    rabbitmq.control("eval", "ra:stop_server(quorum_queues, {'%2F_scan', node()}).")
    assert queues(rabbitmq)["scan"][1] == "down"
    uploaded = [upload() for _ in range(3)]
    assert {standing(sessions, each).state for each in uploaded} == {EventState.RECEIVED}
    worker.terminate(seconds=60)
    rabbitmq.control("delete_queue", "scan")
    worker.start_again()
    ended = wait_until_terminal(sessions, uploaded, seconds=90)
    assert {each.state for each in ended} == {EventState.DONE}

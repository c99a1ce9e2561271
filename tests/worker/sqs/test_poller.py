"""Events out of a queue, against a server that speaks SQS's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer
from pydantic import SecretStr
from sqlalchemy import select

from db.models import Event
from db.models.events import EventState
from deploy.local.launch import free_port
from detector.reasons import Fault, Reason, Transient
from tests.worker.inbox import Sessions, wait_until
from tests.worker.running import artgate
from worker.clock import new_id
from worker.intake import Intake, open_intake
from worker.settings import Settings
from worker.sqs.poller import Poller
from worker.sqs.queue import Queue, make_client


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server of queues on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def settings(settings: Settings, endpoint: str) -> Settings:
    named = {
        "sqs_endpoint": endpoint,
        "sqs_access_key": SecretStr("key"),
        "sqs_secret_key": SecretStr("secret"),
        "sqs_wait": 0,
        "buckets": ("uploads",),
    }
    return Settings(**(settings.model_dump() | named))


@pytest.fixture
def client(settings: Settings) -> Any:
    return make_client(settings, "http://queues")


@pytest.fixture
def queue(client: Any) -> Queue:
    """An empty queue whose messages come back at once."""
    made = client.create_queue(QueueName=f"q-{new_id().hex}", Attributes={"VisibilityTimeout": "0"})
    return Queue(client, made["QueueUrl"])


@pytest.fixture
def intake(settings: Settings) -> Iterator[Intake]:
    with open_intake(settings) as made:
        yield made


@pytest.fixture
def poller(queue: Queue, intake: Intake) -> Poller:
    return Poller(queue, intake, wait_seconds=0)


def s3_event(key: str, bucket: str = "uploads") -> dict[str, Any]:
    stored = {"bucket": {"name": bucket}, "object": {"key": key, "size": 3, "eTag": "e", "sequencer": "0A"}}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": "2026-03-01T12:00:00.000Z",
        "s3": stored,
    }
    return {"Records": [record]}


def send(client: Any, queue: Queue, body: object) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    client.send_message(QueueUrl=queue.url, MessageBody=text)


def waiting(client: Any, queue: Queue) -> int:
    told = client.get_queue_attributes(
        QueueUrl=queue.url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )
    return sum(map(int, told["Attributes"].values()))


def states(sessions: Sessions, key: str) -> list[EventState]:
    with sessions() as session:
        return list(session.scalars(select(Event.state).where(Event.key == key)))


def test_events_are_committed_and_their_messages_deleted(
    client: Any, queue: Queue, poller: Poller, sessions: Sessions
) -> None:
    """As S3 writes them, and in an envelope of SNS."""
    direct, wrapped = f"{new_id()}.png", f"{new_id()}.png"
    send(client, queue, s3_event(direct))
    notification = {"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:x:1:t"}
    send(client, queue, notification | {"Message": json.dumps(s3_event(wrapped))})

    while poller.step():
        pass

    assert len(states(sessions, direct)) == len(states(sessions, wrapped)) == 1
    assert waiting(client, queue) == 0
    assert poller.step() is False


def test_a_message_that_comes_twice_is_one_event(
    client: Any, queue: Queue, poller: Poller, sessions: Sessions
) -> None:
    key = f"{new_id()}.png"
    for _ in range(3):
        send(client, queue, s3_event(key))
    while poller.step():
        pass
    assert len(states(sessions, key)) == 1


class Undeletable(Queue):
    """A queue whose poller dies between the commit and the deletion."""

    def delete(self, messages: object) -> int:
        raise Transient(Reason.QUEUE_UNAVAILABLE, "cut off")


def test_a_poller_that_dies_before_it_deletes_loses_nothing_and_doubles_nothing(
    client: Any, queue: Queue, intake: Intake, sessions: Sessions
) -> None:
    key = f"{new_id()}.png"
    send(client, queue, s3_event(key))

    with pytest.raises(Transient):
        Poller(Undeletable(client, queue.url), intake, wait_seconds=0).step()
    assert waiting(client, queue) == 1
    assert len(states(sessions, key)) == 1

    Poller(queue, intake, wait_seconds=0).step()
    assert waiting(client, queue) == 0
    assert len(states(sessions, key)) == 1


class NoIntake(Intake):
    """An intake whose database is away."""

    def __init__(self) -> None:
        super().__init__(None, buckets=("uploads",), announce=lambda _: None)  # type: ignore[arg-type] # never asked

    def write(self, admissions: object) -> Any:
        raise Transient(Reason.DATABASE_UNAVAILABLE, "away")


def test_what_was_not_committed_stays_in_the_queue(client: Any, queue: Queue) -> None:
    send(client, queue, s3_event(f"{new_id()}.png"))
    with pytest.raises(Transient):
        Poller(queue, NoIntake(), wait_seconds=0).step()
    assert waiting(client, queue) == 1


def test_what_cannot_be_taken_stays_and_holds_up_nothing(
    client: Any, queue: Queue, poller: Poller, sessions: Sessions
) -> None:
    """A bucket that is not ours, and a broken event: the queue's redrive policy sets them aside."""
    key = f"{new_id()}.png"
    broken = s3_event("x")
    broken["Records"][0]["s3"]["object"] = {}
    send(client, queue, s3_event("a.png", bucket="elsewhere"))
    send(client, queue, broken)
    send(client, queue, s3_event(key))

    for _ in range(3):
        poller.step()

    assert len(states(sessions, key)) == 1
    assert waiting(client, queue) == 2


def test_prose_is_noted_and_deleted(client: Any, queue: Queue, poller: Poller) -> None:
    """As over HTTP: a message about something else asks for nothing."""
    send(client, queue, "hello")
    poller.step()
    assert waiting(client, queue) == 0


def test_a_queue_that_is_not_there_is_for_an_operator(client: Any, queue: Queue, intake: Intake) -> None:
    missing = Queue(client, f"{queue.url}-never")
    with pytest.raises(Fault, match="ARTGATE_SQS_QUEUES"):
        Poller(missing, intake, wait_seconds=0).step()


def test_a_server_that_is_away_passes(settings: Settings, intake: Intake) -> None:
    away = make_client(settings.model_copy(update={"sqs_endpoint": "http://127.0.0.1:9"}), "http://q")
    with pytest.raises(Transient):
        Poller(Queue(away, "http://127.0.0.1:9/1/q"), intake, wait_seconds=0).step()


def test_whether_a_queue_sets_aside_is_seen(client: Any, queue: Queue) -> None:
    aside = client.create_queue(QueueName=f"dead-{new_id().hex}")["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=aside, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert not queue.sets_aside()
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "5"})
    client.set_queue_attributes(QueueUrl=queue.url, Attributes={"RedrivePolicy": policy})
    assert queue.sets_aside()


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://sqs.eu-central-1.amazonaws.com/123456789012/uploads", "eu-central-1"),
        ("https://sqs.cn-north-1.amazonaws.com.cn/123456789012/uploads", "cn-north-1"),
        ("http://127.0.0.1:5000/123456789012/uploads", "us-east-1"),
    ],
)
def test_the_region_is_that_of_the_queue(settings: Settings, url: str, region: str) -> None:
    assert make_client(settings, url).meta.region_name == region


def test_the_process_polls_and_ends_in_order(
    client: Any, queue: Queue, settings: Settings, sessions: Sessions, tmp_path: Path
) -> None:
    key = f"{new_id()}.png"
    port = free_port()
    named = {"sqs_queues": (queue.url,), "sqs_wait": 1, "monitor_port": port}
    with artgate("sqs", Settings(**(settings.model_dump() | named)), tmp_path) as running:
        running.wait_until_said("polling")
        for path in ("livez", "readyz"):
            assert httpx.get(f"http://127.0.0.1:{port}/{path}", trust_env=False).status_code == 200
        send(client, queue, s3_event(key))
        wait_until(lambda: bool(states(sessions, key)) or not running.running, "the event")
        assert running.said("queue_sets_nothing_aside") == 1
        assert running.terminate() == 0
    assert len(states(sessions, key)) == 1


def test_a_queue_that_is_away_at_the_start_is_asked_again(
    settings: Settings, queue: Queue, tmp_path: Path
) -> None:
    """The process is up and says once that it waits."""
    named = {"sqs_queues": (queue.url,), "sqs_endpoint": "http://127.0.0.1:9"}
    with artgate("sqs", Settings(**(settings.model_dump() | named)), tmp_path) as running:
        running.wait_until_said("queue_away")
        assert running.running
        assert running.terminate() == 0


def test_without_a_queue_the_process_says_what_to_set(settings: Settings, tmp_path: Path) -> None:
    with artgate("sqs", settings, tmp_path) as running:
        wait_until(lambda: not running.running, "its end")
        assert "ARTGATE_SQS_QUEUES" in running.text

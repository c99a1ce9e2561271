"""What each kind of broker is told of the queues."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from db.models.events import WorkQueue
from worker.queues import is_amqp, queue_arguments, queues, socket_timeouts, transport_options
from worker.settings import Settings


def settings(url: str) -> Settings:
    return Settings(broker_url=SecretStr(url))


VALKEY = settings("redis://host/1")
RABBITMQ = settings("amqp://ann:word@host//")


@pytest.mark.parametrize("url", ["amqp://host//", "amqps://host//", "pyamqp://host//", "AMQP://host//"])
def test_rabbitmq_is_known_by_its_url(url: str) -> None:
    assert is_amqp(settings(url))
    assert not is_amqp(VALKEY)


def test_uploads_are_the_first_queue_of_every_broker() -> None:
    for broker in (VALKEY, RABBITMQ):
        assert [queue.name for queue in queues(broker)] == [WorkQueue.SCAN, WorkQueue.RESCAN]


def test_only_rabbitmq_has_quorum_queues_and_confirms() -> None:
    assert [queue.queue_arguments for queue in queues(RABBITMQ)] == [{"x-queue-type": "quorum"}] * 2
    assert queue_arguments(VALKEY) == {}
    assert transport_options(RABBITMQ) == {"confirm_publish": True}
    assert transport_options(VALKEY)["visibility_timeout"] == VALKEY.visibility_timeout


def test_each_transport_is_told_its_patience_by_names_that_it_knows() -> None:
    assert socket_timeouts(VALKEY, connect=1, answer=2) == {"socket_timeout": 2, "socket_connect_timeout": 1}
    assert set(socket_timeouts(RABBITMQ, connect=1, answer=2)) == {
        "connect_timeout",
        "read_timeout",
        "write_timeout",
    }

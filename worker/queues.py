"""The broker's queues, and what each kind of broker is told: Valkey or Redis, and RabbitMQ.

On RabbitMQ the queues are quorum queues: replicated where there is more than one node, on disk, and with
publishing confirmed, so that a message that was taken is there after a restart.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from kombu import Queue

from db.models.events import WorkQueue
from worker.settings import Settings


def is_amqp(settings: Settings) -> bool:
    """Whether the broker is RabbitMQ."""
    scheme = urlsplit(settings.broker_url.get_secret_value()).scheme
    return scheme.partition("+")[0] in {"amqp", "amqps", "pyamqp"}


def queue_arguments(settings: Settings) -> dict[str, Any]:
    """What a queue is declared with; who declares it otherwise is refused by RabbitMQ."""
    return {"x-queue-type": "quorum"} if is_amqp(settings) else {}


def queues(settings: Settings) -> tuple[Queue, ...]:
    """Most urgent first. Each hangs on the default exchange: a wiped broker has no binding to lose."""
    arguments = queue_arguments(settings)
    return tuple(Queue(name.value, queue_arguments=arguments) for name in WorkQueue)


def transport_options(settings: Settings) -> dict[str, Any]:
    """Options that every user of the broker must share.

    The shortest ``visibility_timeout`` of all applications on one broker wins, and the queues' keys
    depend on the priority steps, so there is one place for both. RabbitMQ gives out again at once what a
    lost connection held, and needs neither.
    """
    if is_amqp(settings):
        return {"confirm_publish": True}
    return {
        "visibility_timeout": settings.visibility_timeout,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 30,
        "priority_steps": [0],
        "queue_order_strategy": "priority",
    }


def socket_timeouts(settings: Settings, *, connect: float, answer: float) -> dict[str, Any]:
    """Seconds that a new connection, and one answer of the broker, may take."""
    if is_amqp(settings):
        return {"read_timeout": answer, "write_timeout": answer, "connect_timeout": connect}
    return {"socket_timeout": answer, "socket_connect_timeout": connect}

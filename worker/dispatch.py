"""Sends events to the workers by the name of their task, never by importing it.

Publishing is a courtesy, the committed row is the promise: a broker that is down, or that is up and
silent, costs a caller at most ``publish_timeout`` and then, for a while, nothing at all. What was not
published stays in PostgreSQL, where the sweeper finds it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from celery import Celery
from kombu import Connection, Producer
from kombu.exceptions import BatchPublishError, OperationalError  # type: ignore[attr-defined]  # the stubs are older

from db.models.events import WorkQueue
from worker import tracing
from worker.queues import queue_arguments, queues, socket_timeouts, transport_options
from worker.settings import Settings

SCAN_TASK = "artgate.scan"
BACKFILL_TASK = "artgate.backfill"
TRACE_HEADER = "traceparent"
"""Header of a message: where the trace of its event goes on."""
_EPOCH_KEY = "artgate.epoch"
_PAUSE = 2.0
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Messages that the broker holds for one queue or for all."""

    ready: dict[WorkQueue, int]
    """Messages that nobody has taken yet, by queue."""
    unacked: int
    """Messages that workers hold unacknowledged; 0 where the broker can't tell."""

    @property
    def total(self) -> int:
        """All messages, taken or not."""
        return sum(self.ready.values()) + self.unacked


class Dispatcher:
    """One process's line to the broker. Safe to share between threads, never across a fork."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._timeout = settings.publish_timeout
        self._queue_arguments = queue_arguments(settings)
        self._app = _producer_app(settings)
        self._errors = _broker_errors(self._app.connection_for_write())
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._silent_until = float("-inf")

    def send(self, event_id: UUID, queue: WorkQueue = WorkQueue.SCAN, trace: str | None = None) -> bool:
        """Publish one event's id, and where its trace goes on, if it has one.

        Returns:
            True when the broker has taken the message. False when it is down or silent: within
            ``publish_timeout`` the first time, at once while the pause after a failure lasts.
        """

        def publish(producer: Producer) -> bool:
            self._publish_scan(producer, event_id, queue, trace)
            return True

        return self._ask(publish) is not None

    def send_all(
        self, events: Sequence[tuple[UUID, WorkQueue]], traces: Mapping[UUID, str] | None = None
    ) -> bool:
        """Publish the ids of many events in one exchange with the broker, with their traces.

        Returns:
            True when the broker has taken all. False as in `send`; some may have been taken then, which
            costs a second message for each.
        """

        def publish(producer: Any) -> bool:  # the stubs are older than its batches
            with producer.batch():
                for event_id, queue in events:
                    self._publish_scan(producer, event_id, queue, (traces or {}).get(event_id))
            return True

        return self._ask(publish) is not None

    def send_backfill(self, run_id: UUID) -> bool:
        """Publish that a backfill has pages to score. True and False as in `send`."""

        def publish(producer: Producer) -> bool:
            self._publish(producer, BACKFILL_TASK, {"run_id": str(run_id)}, WorkQueue.RESCAN, {})
            return True

        return self._ask(publish) is not None

    def depth(self) -> Depth | None:
        """How many messages the broker holds; None when it does not answer."""
        return self._ask(lambda producer: _measure(producer, self._queue_arguments))

    def epoch(self) -> str | None:
        """What `mark_epoch` wrote last: empty when the broker has lost it, None when it is silent."""
        return self._ask(_read_epoch)

    def mark_epoch(self, value: str) -> bool:
        """Leave a mark that vanishes together with the messages when the broker is wiped."""
        return self._ask(lambda producer: _write_epoch(producer, value)) is not None

    def close(self) -> None:
        """Give the connection back. The next call opens another one."""
        with self._lock:
            self._disconnect()

    def _ask(self, question: Callable[[Producer], _Answer]) -> _Answer | None:
        """Put one question to the broker, bounded in time, with a pause after each failure."""
        if self._paused() or not self._lock.acquire(timeout=self._timeout):
            return None
        try:
            return None if self._paused() else self._answer(question)
        finally:
            self._lock.release()

    def _answer(self, question: Callable[[Producer], _Answer]) -> _Answer | None:
        reused = self._producer is not None
        try:
            return question(self._connected())
        except self._errors as error:
            self._disconnect()
            # A broker that was restarted has closed the old connection: a new one may work at once.
            if reused and not _timed_out(error):
                return self._answer(question)
            self._silent_until = self._clock() + _PAUSE
            return None

    def _publish_scan(self, producer: Producer, event_id: UUID, queue: WorkQueue, trace: str | None) -> None:
        arguments = {"event_id": str(event_id)}
        with tracing.span("dispatch", of=trace or tracing.ROOT, event_id=event_id) as span:
            headers = {} if span.trace is None else {TRACE_HEADER: span.trace}
            self._publish(producer, SCAN_TASK, arguments, queue, headers)

    def _publish(
        self,
        producer: Producer,
        task: str,
        arguments: dict[str, str],
        queue: WorkQueue,
        headers: dict[str, str],
    ) -> None:
        self._app.send_task(
            task,
            kwargs=arguments,
            headers=headers,
            queue=queue.value,
            producer=producer,
            retry=False,
            ignore_result=True,
        )

    def _paused(self) -> bool:
        return self._clock() < self._silent_until

    def _connected(self) -> Producer:
        if self._producer is None:
            self._connection = self._app.connection_for_write()
            self._connection.ensure_connection(max_retries=0)
            self._producer = self._app.amqp.Producer(self._connection.channel(), auto_declare=False)
        return self._producer

    def _disconnect(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            with contextlib.suppress(*self._errors):
                connection.release()


def _producer_app(settings: Settings) -> Celery:
    app = Celery("artgate", broker=settings.broker_url.get_secret_value(), set_as_current=False)
    per_exchange = settings.publish_timeout / 2  # at most a connect and one silent answer in a row
    app.conf.update(
        task_queues=queues(settings),
        task_default_exchange="",  # else Celery gives each queue a named one and a binding
        task_serializer="json",
        task_ignore_result=True,
        broker_connection_timeout=per_exchange,
        broker_transport_options=transport_options(settings)
        | socket_timeouts(settings, connect=per_exchange, answer=per_exchange),
    )
    return app


def _broker_errors(connection: Connection) -> tuple[type[BaseException], ...]:
    return (
        OperationalError,
        BatchPublishError,
        OSError,
        *connection.connection_errors,
        *connection.channel_errors,
    )


def _timed_out(error: BaseException) -> bool:
    cause = error.__cause__ if isinstance(error, BatchPublishError) else error
    return isinstance(cause, TimeoutError) or "imeout" in type(cause).__name__


def _measure(producer: Producer, arguments: dict[str, Any]) -> Depth:
    channel: Any = producer.channel

    def ready(queue: str) -> int:
        declared = channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
        return int(declared.message_count)

    client = _redis(producer)
    return Depth(
        ready={name: ready(name.value) for name in WorkQueue},
        unacked=0 if client is None else int(client.hlen(channel.unacked_key)),
    )


def _read_epoch(producer: Producer) -> str:
    client = _redis(producer)
    # A broker that keeps its messages on disk and replicates them is never taken for wiped.
    return "durable" if client is None else (client.get(_EPOCH_KEY) or b"").decode()


def _write_epoch(producer: Producer, value: str) -> bool:
    client = _redis(producer)
    return client is None or bool(client.set(_EPOCH_KEY, value))


def _redis(producer: Producer) -> Any:
    """The client below Redis' and Valkey's transport, None on other brokers."""
    return getattr(producer.channel, "client", None)

"""Takes messages out of queues and their events in, until it is told to stop."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from prometheus_client import CollectorRegistry

from detector.reasons import Fault, Reason, Rejected, Transient
from worker.intake import Intake, open_intake
from worker.intake.accept import Admission
from worker.logs import fields
from worker.loop import repeat
from worker.monitoring.health import Together
from worker.monitoring.metrics import SqsMetrics
from worker.monitoring.process import Monitoring
from worker.notifications import parse
from worker.settings import Settings
from worker.sqs.queue import Queue, Received, make_client

log = logging.getLogger(__name__)
_AWAY_SECONDS = 5.0


class Poller:
    """One queue's messages into the intake.

    What can't be read is left in the queue, whose redrive policy sets it aside: it is never deleted unread.
    """

    def __init__(
        self, queue: Queue, intake: Intake, *, wait_seconds: int, metrics: SqsMetrics | None = None
    ) -> None:
        self._queue = queue
        self._intake = intake
        self._wait = wait_seconds
        self._metrics = metrics or SqsMetrics(CollectorRegistry())

    def step(self) -> bool:
        """Take what is there: commit all of its events together, then delete the messages.

        Returns:
            True where there was something.

        Raises:
            Transient: ``queue_unavailable``.
            Fault: ``settings_invalid``.
        """
        received = self._queue.receive(self._wait)
        read = [(message, self._admission(message)) for message in received]
        taken = [(message, admission) for message, admission in read if admission is not None]
        if taken:
            self._intake.write([admission for _, admission in taken])
            self._delete([message for message, _ in taken])
        self._metrics.taken(len(taken), left=len(received) - len(taken))
        return bool(received)

    def _admission(self, message: Received) -> Admission | None:
        """What a message's events ask for; None where the message must stay."""
        envelope = {"Messages": [{"MessageId": message.id, "Body": message.body}]}
        try:
            return self._intake.admit(parse(json.dumps(envelope).encode()))
        except Rejected as error:
            told = fields(message=message.id, count=message.count, reason=error.reason, detail=error.message)
            log.warning("message_left", extra=told)
            return None

    def _delete(self, messages: Sequence[Received]) -> None:
        failed = self._queue.delete(messages)
        if failed:
            log.warning("messages_not_deleted", extra=fields(count=failed, then="they come again"))


class Follower:
    """One queue, polled until all are told to stop; a fault that an operator must mend stops all.

    Args:
        poller: of the queue.
        queue: to be told of.
        stop: ends the polling, of every queue.
        beat: called at each request.
    """

    def __init__(
        self, poller: Poller, queue: Queue, *, stop: threading.Event, beat: Callable[[], None]
    ) -> None:
        self._poller = poller
        self._queue = queue
        self._stop = stop
        self._beat = beat
        self._away = False
        self.fault: Fault | None = None

    def follow(self) -> None:
        """Poll; where a fault ends it, ``fault`` says which."""
        try:
            self._say_hello()
            repeat(self._step, stop=self._stop, interval=0.0, beat=self._beat)
        except Fault as error:
            self.fault = error
            self._stop.set()

    def _say_hello(self) -> None:
        """Say what is polled, and what an operator should mend; a queue that is away tells nothing yet."""
        with suppress(Transient):
            if not self._queue.sets_aside():
                then = "give it a redrive policy: what can't be read stays in it"
                log.warning("queue_sets_nothing_aside", extra=fields(queue=self._queue.url, then=then))
        log.info("polling", extra=fields(queue=self._queue.url))

    def _step(self) -> bool:
        """One request; a queue that is away is said once, and asked again."""
        try:
            found = self._poller.step()
        except Transient as error:
            if not self._away:
                log.warning("queue_away", extra=fields(reason=error.reason, detail=error.message))
            self._away = True
            self._stop.wait(_AWAY_SECONDS)
            return False
        self._away = False
        return found


def run(settings: Settings, stop: threading.Event) -> None:
    """Poll every queue until `stop` is set, each in a thread of its own.

    Raises:
        Fault: ``settings_invalid``: no queue is named, or one does not let us in.
    """
    if not settings.sqs_queues:
        raise Fault(Reason.SETTINGS_INVALID, "set ARTGATE_SQS_QUEUES to the URL of a queue")
    monitoring = Monitoring(settings, "sqs")
    metrics = SqsMetrics(monitoring.registry)
    loops = Together(len(settings.sqs_queues), monitoring.pulse.beat)
    with (
        open_intake(settings) as intake,
        monitoring.served(monitoring.exposition(), monitoring.health()),
    ):
        queues = [Queue(make_client(settings, url), url) for url in settings.sqs_queues]
        pollers = [Poller(queue, intake, wait_seconds=settings.sqs_wait, metrics=metrics) for queue in queues]
        followers = [
            Follower(poller, queue, stop=stop, beat=partial(loops.turned, number))
            for number, (poller, queue) in enumerate(zip(pollers, queues, strict=True))
        ]
        threads = [threading.Thread(target=follower.follow) for follower in followers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for follower in followers:
        if follower.fault is not None:
            raise follower.fault

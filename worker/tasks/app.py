"""The Celery application that workers run: its settings, its two tasks and its processes' life."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from celery import Celery, Task, signals
from celery.exceptions import Reject

from db.models.events import WorkQueue
from worker import tracing
from worker.dispatch import BACKFILL_TASK, SCAN_TASK, TRACE_HEADER
from worker.monitoring.line import Nobody, Tells
from worker.queues import is_amqp, queues, socket_timeouts, transport_options
from worker.settings import Settings
from worker.tasks.acknowledgements import Acknowledgements
from worker.tasks.child import Child, OpenScanner, OpenShift
from worker.tasks.consumer import Consumer
from worker.tasks.parent import Parent
from worker.tasks.request import BackfillRequest, ScanRequest
from worker.tasks.watch import ChildWatch, acknowledgement_watch, heartbeat

log = logging.getLogger(__name__)


def make_app(
    settings: Settings, open_scanner: OpenScanner, open_shift: OpenShift, line: Tells | None = None
) -> Celery:
    """The application of one worker: a parent that only supervises, and children that scan.

    Args:
        settings: everything that Celery is told comes from here.
        open_scanner: makes what a child scans with, in the child, after its fork.
        open_shift: makes what a child works at backfills with, when the first message of one comes.
        line: takes what parent and children tell of themselves, for whoever counts.
    """
    line = line or Nobody()
    app = Celery("artgate", broker=settings.broker_url.get_secret_value(), set_as_current=False)
    app.conf.update(celery_settings(settings))
    parent = Parent(settings, line)
    child = Child(settings, open_scanner, open_shift, holder=parent.holder, line=line)
    acknowledgements = Acknowledgements()
    _register_scan(app, child, parent, acknowledgements)
    _register_backfill(app, child, parent, acknowledgements)
    app.steps["worker"].update({ChildWatch, heartbeat(line), acknowledgement_watch(acknowledgements)})
    signals.worker_process_init.connect(child.open, weak=False)
    signals.worker_process_shutdown.connect(child.close, weak=False)
    signals.setup_logging.connect(_keep_logging, weak=False)
    return app


def celery_settings(settings: Settings) -> dict[str, Any]:
    """Celery's configuration, each line with its reason."""
    return {
        # A killed child's task comes again; PostgreSQL counts, Celery does not.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # The parent writes the reason when it kills a child, so the message has done its work.
        "task_acks_on_failure_or_timeout": True,
        # A slow picture must not hold others.
        "worker_prefetch_multiplier": 1,
        # A replacement child imports torch before it reports: 4 s, the default, would kill it for ever.
        "worker_proc_alive_timeout": 120,
        "task_soft_time_limit": settings.soft_time_limit,
        "task_time_limit": settings.hard_time_limit,
        "worker_soft_shutdown_timeout": settings.soft_shutdown,
        # Leaks of native code stay bounded.
        "worker_max_tasks_per_child": settings.max_tasks_per_child,
        "worker_max_memory_per_child": settings.max_memory_per_child // 1024,
        # PostgreSQL has the results; nothing but JSON is ever read.
        "task_ignore_result": True,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "task_queues": queues(settings),
        "task_default_queue": WorkQueue.SCAN.value,
        "task_default_exchange": "",
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        # A broker that is away is waited for, and what runs meanwhile goes on.
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 5,
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_consumer": Consumer,
        "broker_transport_options": transport_options(settings) | _patience(settings),
    }


def _patience(settings: Settings) -> dict[str, Any]:
    """How long the broker may be silent.

    Valkey is asked for a sign of life; RabbitMQ and its clients send each other one. A queue of RabbitMQ that
    has lost its leader never answers who wants its messages: without a bound a worker would wait for ever.
    """
    bounds = socket_timeouts(settings, connect=5, answer=10)
    return bounds if is_amqp(settings) else bounds | {"health_check_interval": 10}


def _register_scan(app: Celery, child: Child, parent: Parent, asked: Acknowledgements) -> None:
    """The task of uploads, whose requests tell the parent of a child's death."""

    class BoundRequest(ScanRequest):
        supervisor = parent
        acknowledgements = asked

    class ScanTask(Task):  # type: ignore[type-arg]
        Request = BoundRequest  # type: ignore[assignment]  # Celery takes the class or its name

    @app.task(name=SCAN_TASK, base=ScanTask, bind=True)
    def scan(task: ScanTask, event_id: str) -> None:
        of = task.request.get(TRACE_HEADER) or tracing.ROOT
        with tracing.span("task", of=of, event_id=UUID(event_id)):
            written = child.scan(UUID(event_id))
        if not written:
            raise Reject("the database is away", requeue=True)


def _register_backfill(app: Celery, child: Child, parent: Parent, asked: Acknowledgements) -> None:
    """The task of backfills, whose requests do so too."""

    class BoundRequest(BackfillRequest):
        supervisor = parent
        acknowledgements = asked

    class BackfillTask(Task):  # type: ignore[type-arg]
        Request = BoundRequest  # type: ignore[assignment]  # Celery takes the class or its name

    @app.task(name=BACKFILL_TASK, base=BackfillTask)
    def backfill(run_id: str) -> None:
        if not child.backfill(UUID(run_id)):
            raise Reject("the backfill can't go on just now", requeue=True)


def _keep_logging(**_: object) -> None:
    """Keep Celery from setting up logging: the process has done it."""

"""Starts a worker: the one place where the Celery application meets what its children work with."""

from __future__ import annotations

import logging
import os
import warnings

from celery import Celery

from worker.monitoring.apart import Apart
from worker.monitoring.line import Nobody, Tells
from worker.settings import Settings
from worker.tasks.app import make_app
from worker.tasks.child import OpenScanner, Scans, WorksShifts

log = logging.getLogger(__name__)


def run(settings: Settings, open_scanner: OpenScanner | None = None) -> int:
    """Run a worker until it is told to stop.

    Args:
        settings: of this worker.
        open_scanner: makes what a child works with; by default the scanner of pictures.

    Returns:
        The exit status of the process.
    """
    line: Tells = Nobody() if settings.monitor_port is None else Apart(settings, os.getpid())
    app = make_app(settings, open_scanner or _scanners(line), _open_shift, line)
    _compile_loops()
    return start(app, settings)


def start(app: Celery, settings: Settings) -> int:
    """Run an application's worker in this process."""
    _quieten()
    worker = app.Worker(
        concurrency=settings.worker_children,
        pool="prefork",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


def _compile_loops() -> None:
    """Ready the loops of the features once for all children, which find them after their fork.

    Where an installation can't be written, nothing of them is kept, and each child would compile its own.
    """
    from detector.features import compile_loops  # noqa: PLC0415 - whoever imports this may run no worker

    log.info("compiling_loops")
    compile_loops()


def _scanners(line: Tells) -> OpenScanner:
    def open_one(settings: Settings, holder: str) -> Scans:
        from worker.scan import open_scanner  # noqa: PLC0415 - the parent must not load torch

        return open_scanner(settings, holder, line.tell)

    return open_one


def _open_shift(settings: Settings) -> WorksShifts:
    from worker.backfill.shift import open_shift  # noqa: PLC0415 - the parent must not load torch

    return open_shift(settings)


def _quieten() -> None:
    """Let one voice speak of each thing."""
    warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
    logging.getLogger("celery.worker.request").setLevel(logging.CRITICAL)  # the parent logs deaths itself
    logging.getLogger("celery.app.trace").setLevel(logging.ERROR)  # the child says why a message stays

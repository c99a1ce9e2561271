"""The process that counts for a worker, and answers for it.

Why apart: a worker's parent forks at any moment, so it may hold no thread and no connection, and children are
replaced after some hundred scans. Files that each process maps and a reader sums up (the client library's own
way for many processes) would stay behind for every child that ever was, and need a writable folder. Here the
children and the parent write packets to one process, started by the parent, which keeps the sums, serves the
port, and ends when the last of them is gone. What it costs is one small process; what it can't do is hold up
or take down a scan.
"""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import sys
import time

from detector.reasons import ArtgateError
from worker import logs
from worker.dispatch import Dispatcher
from worker.monitoring.health import Check, Pulse, broker_ready
from worker.monitoring.line import Line
from worker.monitoring.metrics import ScanMetrics
from worker.monitoring.process import Monitoring
from worker.monitoring.server import MonitorServer, listen
from worker.monitoring.telling import Ended, Opened, ScanSeen, Told, Turned
from worker.settings import Settings, read_settings

log = logging.getLogger(__name__)

_PATIENCE = 5.0
_AGAIN_SECONDS = 10.0


class Apart:
    """The parent's end: keeps the process running and speaks to it."""

    def __init__(self, settings: Settings, parent: int) -> None:
        """Take the port and start the process.

        Args:
            settings: of the worker.
            parent: process id of the worker.

        Raises:
            Fault: ``settings_invalid``: the address can't be listened on.
        """
        self._parent = parent
        self._listener = listen(settings)
        self._line = Line.open()
        self._process = self._start()
        self._started_at = time.monotonic()

    def tell(self, told: Told) -> None:
        """Pass it on; never waits, never raises."""
        self._line.tell(told)

    def turned(self, children: int) -> None:
        """The loop turned: say so, and start the process anew where it has ended."""
        self.tell(Turned(children=children))
        if self._process.poll() is not None and time.monotonic() - self._started_at > _AGAIN_SECONDS:
            log.error("monitor_died", extra=logs.fields(status=self._process.returncode))
            self._process = self._start()
            self._started_at = time.monotonic()

    def _start(self) -> subprocess.Popen[bytes]:
        inherited = (self._listener.fileno(), self._line.reader)
        command = [sys.executable, "-m", __name__, *map(str, (*inherited, self._parent))]
        return subprocess.Popen(command, pass_fds=inherited, stdin=subprocess.DEVNULL)  # noqa: S603 - ourselves


class Counter:
    """The process's end: sums up what it is told, and judges the worker by it."""

    def __init__(self, metrics: ScanMetrics, pulse: Pulse, broker: Check) -> None:
        self._metrics = metrics
        self._pulse = pulse
        self._broker = broker
        self._trouble: str | None = "no child has loaded its models yet"

    def hear(self, told: Told) -> None:
        """Take in one packet."""
        match told:
            case ScanSeen():
                self._metrics.scanned(told)
            case Turned():
                self._pulse.beat()
                self._metrics.children.set(told.children)
            case Opened():
                self._trouble = told.trouble
            case Ended():
                self._metrics.child_ended(told.cause)

    def idle(self) -> None:
        """Nothing was told for a while: a parent that waits for its broker stands still and is not dead."""
        if self._pulse.age() > _PATIENCE and self._broker() is not None:
            self._pulse.beat()

    def loaded(self) -> str | None:
        """The check that a child can scan."""
        return self._trouble


def count(settings: Settings, listener: socket.socket, line: Line, parent: int) -> None:
    """Count and answer until every process of the worker is gone."""
    monitoring = Monitoring(settings, "worker", pid=parent)
    broker = broker_ready(Dispatcher(settings))
    counter = Counter(ScanMetrics(monitoring.registry), monitoring.pulse, broker)
    health = monitoring.health(counter.loaded, broker)
    MonitorServer(listener, monitoring.exposition(), health).start()
    try:
        while True:
            told = line.read()
            if told is None:
                counter.idle()
            else:
                counter.hear(told)
    except EOFError:
        log.info("monitor_ends")


def main(listener: int, reader: int, parent: int) -> None:
    """Begin in a process of its own, with two open sockets that it was given."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it tells of the worker's end to the last, and ends with it
    settings = read_settings()
    logs.configure(settings, process="worker")
    try:
        count(settings, socket.socket(fileno=listener), Line.reading(reader, _PATIENCE), parent)
    except ArtgateError as error:
        log.error("monitor_broke", extra=logs.fields(reason=error.reason, why=error.message))  # noqa: TRY400 - it says what to do
        raise SystemExit(1) from None


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

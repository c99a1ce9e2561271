"""What one process tells of itself, put together: its registry, its pulse, its checks, its port."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from worker.monitoring.health import Check, DatabaseReady, Health, Pulse
from worker.monitoring.metrics import ProcessMetrics
from worker.monitoring.server import Exposition, MonitorServer, listen
from worker.settings import Settings

_CONNECT_SECONDS = 2
_STATEMENT_SECONDS = 5.0


class Monitoring:
    """The pieces of one process; the process itself registers what it counts in ``registry``."""

    def __init__(
        self,
        settings: Settings,
        process: str,
        *,
        sessions: sessionmaker[Session] | None = None,
        pid: int | None = None,
    ) -> None:
        """Make them; nothing is opened.

        Args:
            settings: the bound of the pulse, the database and the port.
            process: hook, console, worker, sweeper, relay or sqs.
            sessions: by which readiness asks the database; by default a connection for each question.
            pid: of the process that is told of; None for this one.
        """
        self._settings = settings
        self.sessions = sessions or monitor_sessions(settings)
        self.registry = CollectorRegistry()
        self.pulse = Pulse(bound=settings.live_seconds)
        metrics = ProcessMetrics(self.registry, process, pid)
        metrics.pulse_age.set_function(self.pulse.age)

    def health(self, *further: Check, live: Check | None = None) -> Health:
        """The checks: of the pulse, of the database, and the `further` ones."""
        ready: Sequence[Check] = (self.pulse.check, DatabaseReady(self.sessions), *further)
        return Health(live=live or self.pulse.check, ready=ready)

    def exposition(self, refresh: Callable[[], None] = lambda: None) -> Exposition:
        """The page of metrics; `refresh` reads what is known only when it is asked for."""
        return Exposition(self.registry, refresh)

    @contextmanager
    def served(self, exposition: Exposition, health: Health) -> Iterator[None]:
        """Answer on the port that the settings name, if they name one, while the block runs.

        Raises:
            Fault: ``settings_invalid``: the address can't be listened on.
        """
        if self._settings.monitor_port is None:
            yield
            return
        server = MonitorServer(listen(self._settings), exposition, health)
        server.start()
        try:
            yield
        finally:
            server.close()


def monitor_sessions(settings: Settings) -> sessionmaker[Session]:
    """Sessions for probes and scrapes: each opens a connection for itself and gives up soon."""
    url = settings.database_url.get_secret_value()
    return make_sessions(
        make_engine(
            url,
            application="artgate monitor",
            pooled=False,
            connect_timeout=_CONNECT_SECONDS,
            statement_timeout=_STATEMENT_SECONDS,
            lock_timeout=_STATEMENT_SECONDS,
        )
    )

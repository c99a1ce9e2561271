"""The console as a process: one server, until SIGTERM or Ctrl-C, which let the requests under way end."""

from __future__ import annotations

from db.engine import make_engine, make_sessions
from worker.console.app import CONNECTIONS, make_app
from worker.hook.listening import listen, server_of
from worker.loop import stop_on_signals
from worker.monitoring.process import Monitoring
from worker.settings import Settings


def serve(settings: Settings) -> None:
    """Serve until a signal ends it.

    Raises:
        Fault: ``settings_invalid``: the address can't be listened on.
    """
    stop = stop_on_signals()  # uvicorn raises the signal once more when it is done: this makes it an end
    engine = make_engine(
        settings.database_url.get_secret_value(), application="artgate console", pool_size=CONNECTIONS
    )
    sessions = make_sessions(engine)
    monitoring = Monitoring(settings, "console", sessions=sessions)
    app = make_app(settings, sessions, monitoring)
    server = server_of(app, settings, settings.console_host, settings.console_port, stop)
    with monitoring.served(monitoring.exposition(), monitoring.health()):
        listen(server, "ARTGATE_CONSOLE_HOST and ARTGATE_CONSOLE_PORT")
    engine.dispose()

"""The hook as a process: one server, until SIGTERM or Ctrl-C, which let the requests under way end."""

from __future__ import annotations

import logging

from db.engine import make_engine, make_sessions
from worker.dispatch import Dispatcher
from worker.hook.app import CONNECTIONS, make_app
from worker.hook.listening import listen, server_of
from worker.logs import fields
from worker.loop import stop_on_signals
from worker.monitoring.process import Monitoring
from worker.settings import Settings

log = logging.getLogger(__name__)


def serve(settings: Settings) -> None:
    """Serve until a signal ends it.

    Raises:
        Fault: ``settings_invalid``: the address can't be listened on.
    """
    stop = stop_on_signals()  # uvicorn raises the signal once more when it is done: this makes it an end
    engine = make_engine(
        settings.database_url.get_secret_value(), application="artgate hook", pool_size=CONNECTIONS
    )
    dispatcher = Dispatcher(settings)
    sessions = make_sessions(engine)
    monitoring = Monitoring(settings, "hook", sessions=sessions)
    app = make_app(settings, sessions, dispatcher, monitoring)
    _say_who_may_enter(settings)
    server = server_of(app, settings, settings.hook_host, settings.hook_port, stop)
    with monitoring.served(monitoring.exposition(), monitoring.health()):
        listen(server, "ARTGATE_HOOK_HOST and ARTGATE_HOOK_PORT")
    dispatcher.close()
    engine.dispose()


def _say_who_may_enter(settings: Settings) -> None:
    if not settings.hook_secrets and not settings.hook_tokens:
        log.warning("nobody_may_post", extra=fields(then="set ARTGATE_HOOK_SECRETS or ARTGATE_HOOK_TOKENS"))
    if not settings.buckets:
        log.warning("no_bucket_allowed", extra=fields(then="set ARTGATE_BUCKETS"))

"""The hook as a process: one server, until SIGTERM or Ctrl-C, which let the requests under way end."""

from __future__ import annotations

import logging

import uvicorn

from db.engine import make_engine, make_sessions
from detector.reasons import Fault, Reason
from worker.dispatch import Dispatcher
from worker.hook.app import CONNECTIONS, make_app
from worker.logs import fields
from worker.loop import stop_on_signals
from worker.monitoring.process import Monitoring
from worker.settings import Settings

log = logging.getLogger(__name__)

_GRACE_SECONDS = 10
_IDLE_SECONDS = 30
"""How long a sender's connection is kept between two requests."""


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
    config = uvicorn.Config(
        make_app(settings, sessions, dispatcher, monitoring),
        host=settings.hook_host,
        port=settings.hook_port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    _say_who_may_enter(settings)
    server = uvicorn.Server(config)
    server.should_exit = stop.is_set()
    with monitoring.served(monitoring.exposition(), monitoring.health()):
        _run(server, settings)
    dispatcher.close()
    engine.dispose()


def _run(server: uvicorn.Server, settings: Settings) -> None:
    try:
        listener = server.config.bind_socket()
    except SystemExit:  # uvicorn's way; it has logged the system's words
        address = f"{settings.hook_host}:{settings.hook_port}"
        raise Fault(
            Reason.SETTINGS_INVALID, f"can't listen on {address}; set ARTGATE_HOOK_HOST and ARTGATE_HOOK_PORT"
        ) from None
    log.info("listening", extra=fields(host=settings.hook_host, port=listener.getsockname()[1]))
    server.run(sockets=[listener])


def _say_who_may_enter(settings: Settings) -> None:
    if not settings.hook_secrets and not settings.hook_tokens:
        log.warning("nobody_may_post", extra=fields(then="set ARTGATE_HOOK_SECRETS or ARTGATE_HOOK_TOKENS"))
    if not settings.buckets:
        log.warning("no_bucket_allowed", extra=fields(then="set ARTGATE_BUCKETS"))

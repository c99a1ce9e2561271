"""One HTTP server in this process, until SIGTERM or Ctrl-C, which let the requests under way end."""

from __future__ import annotations

import logging
from threading import Event

import uvicorn
from fastapi import FastAPI

from detector.reasons import Fault, Reason
from worker.logs import fields
from worker.settings import Settings

log = logging.getLogger(__name__)

_GRACE_SECONDS = 10
_IDLE_SECONDS = 30
"""How long a sender's connection is kept between two requests."""


def server_of(app: FastAPI, settings: Settings, host: str, port: int, stop: Event) -> uvicorn.Server:
    """A server of the application that was not started yet; ``stop`` may have been set before."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_keep_alive=_IDLE_SECONDS,
    )
    server = uvicorn.Server(config)
    server.should_exit = stop.is_set()
    return server


def listen(server: uvicorn.Server, names: str) -> None:
    """Serve until a signal ends it.

    Args:
        server: of ``server_of``.
        names: the settings that say where it listens, for the error.

    Raises:
        Fault: ``settings_invalid``: the address can't be listened on.
    """
    config = server.config
    try:
        listener = config.bind_socket()
    except SystemExit:  # uvicorn's way; it has logged the system's words
        raise Fault(
            Reason.SETTINGS_INVALID, f"can't listen on {config.host}:{config.port}; set {names}"
        ) from None
    log.info("listening", extra=fields(host=config.host, port=listener.getsockname()[1]))
    server.run(sockets=[listener])

"""A port of its own for metrics and health: ``/metrics``, ``/livez``, ``/readyz``, and nothing else."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from detector.reasons import Fault, Reason
from worker.logs import fields
from worker.monitoring.health import Health
from worker.settings import Settings

log = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds that a client may take to say what it wants."""


class Exposition:
    """The metrics of a process in the form that the asker wants."""

    def __init__(self, registry: CollectorRegistry, refresh: Callable[[], None]) -> None:
        self._registry = registry
        self._refresh = refresh
        self._one_at_a_time = threading.Lock()

    def page(self, accept: str) -> tuple[bytes, str]:
        """The page and its content type."""
        encode, content_type = choose_encoder(accept)
        with self._one_at_a_time:
            self._refresh()
            return encode(self._registry), content_type


def listen(settings: Settings) -> socket.socket:
    """Take the port.

    Raises:
        Fault: ``settings_invalid``: the address can't be listened on.
    """
    address = (settings.monitor_host, settings.monitor_port or 0)
    family = socket.AF_INET6 if ":" in settings.monitor_host else socket.AF_INET
    try:
        return socket.create_server(address, family=family)
    except OSError as error:
        raise Fault(
            Reason.SETTINGS_INVALID,
            f"can't listen on {address[0]}:{address[1]} ({error.strerror}); set ARTGATE_MONITOR_HOST and"
            " ARTGATE_MONITOR_PORT, another port for each process of a machine",
        ) from None


class MonitorServer:
    """Answers in threads of its own, until it is closed."""

    def __init__(self, listener: socket.socket, exposition: Exposition, health: Health) -> None:
        class Handler(_Handler):
            asked_for_metrics = exposition
            asked_for_health = health

        self._server = ThreadingHTTPServer(listener.getsockname()[:2], Handler, bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = listener
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, name="monitor", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()
        log.info("monitoring", extra=fields(port=self._server.socket.getsockname()[1]))

    def close(self) -> None:
        """Give the port back."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    asked_for_metrics: Exposition
    asked_for_health: Health
    timeout = _PATIENCE
    protocol_version = "HTTP/1.1"
    server_version = "artgate"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer one question."""
        path = self.path.partition("?")[0]
        if path == "/metrics":
            body, content_type = self.asked_for_metrics.page(self.headers.get("Accept", ""))
            self._answer(HTTPStatus.OK, content_type, body)
        elif path == "/livez":
            self._say("alive", self.asked_for_health.live())
        elif path == "/readyz":
            self._say("ready", self.asked_for_health.trouble())
        else:
            self._problem(HTTPStatus.NOT_FOUND, "not_found", "here are /metrics, /livez and /readyz")

    def log_message(self, *_: object) -> None:
        """Keep probes out of the log."""

    def _say(self, well: str, trouble: str | None) -> None:
        if trouble is None:
            self._answer(HTTPStatus.OK, "application/json", json.dumps({"status": well}).encode())
        else:
            self._problem(HTTPStatus.SERVICE_UNAVAILABLE, f"not_{well}", trouble)

    def _problem(self, status: HTTPStatus, title: str, detail: str) -> None:
        document = {"title": title, "status": status.value, "detail": detail}
        self._answer(status, "application/problem+json", json.dumps(document).encode())

    def _answer(self, status: HTTPStatus, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

"""Checks of the broker: answers, and evicts nothing of what waits in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from kombu import Connection
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

from worker.doctor.finding import Area, Finding
from worker.queues import is_amqp
from worker.settings import Settings

_AREA = Area("broker")
_SECONDS = 3.0


def check_broker(settings: Settings) -> Iterator[Finding]:
    """Ask Valkey, Redis or RabbitMQ what it is; of another kind of broker only the kind is told."""
    url = settings.broker_url.get_secret_value()
    kind = urlsplit(url).scheme
    if is_amqp(settings):
        yield _rabbitmq(url)
        return
    if not kind.startswith(("redis", "valkey")):
        yield _AREA.note(
            "connection", kind, "only Valkey, Redis and RabbitMQ are looked into; try a worker's log"
        )
        return
    try:
        with contextlib.closing(_client(url)) as client:
            yield _AREA.ok("connection", _server(client))
            yield _eviction(client)
    except (RedisError, ValueError, OSError) as error:
        yield _away("Valkey", error)


def _rabbitmq(url: str) -> Finding:
    with Connection(url, connect_timeout=_SECONDS) as connection:
        errors: tuple[type[BaseException], ...]
        errors = (KombuError, *connection.connection_errors, *connection.channel_errors)
        try:
            connection.ensure_connection(max_retries=0)
        except errors as error:
            return _away("RabbitMQ", error)
        told: Any = connection.connection
        return _AREA.ok("connection", f"RabbitMQ {told.server_properties.get('version', '')}".strip())


def _away(server: str, error: BaseException) -> Finding:
    return _AREA.wrong(
        "connection",
        type(error).__name__,
        f"start {server}, or correct host, port or password in ARTGATE_BROKER_URL; "
        "uploads are accepted meanwhile and are scanned once it is back",
    )


def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)


def _server(client: Redis) -> str:
    known = client.info("server")
    name = "Valkey" if "valkey_version" in known else "Redis"
    return f"{name} {known.get('valkey_version') or known.get('redis_version')}"


def _eviction(client: Redis) -> Finding:
    memory = client.info("memory")
    policy = str(memory.get("maxmemory_policy", "unknown"))
    if policy == "noeviction" or not memory.get("maxmemory"):
        return _AREA.ok("eviction", f"none ({policy})")
    return _AREA.wrong("eviction", policy, "set maxmemory-policy noeviction: it throws waiting messages away")

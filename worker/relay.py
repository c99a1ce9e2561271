"""The relay: brings what stands in the outbox to the platform's webhook.

At least once: a message is noted as delivered after the receiver has said so, so a relay that dies in
between sends it again, under the same delivery id. In order for each subject: a message leaves only when
all earlier ones of its subject are delivered or given up.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.queries import outbox
from db.queries.outbox import Delivery
from detector.reasons import Fault, Reason
from worker import clock, signature
from worker.backoff import backoff
from worker.logs import fields
from worker.loop import repeat
from worker.monitoring.metrics import RelayMetrics
from worker.monitoring.process import Monitoring
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER

log = logging.getLogger(__name__)

DELIVERY_HEADER = "X-Artgate-Delivery"


class Relay:
    """Delivers what is due, a few messages at once, each of another subject."""

    def __init__(
        self,
        settings: Settings,
        *,
        sessions: sessionmaker[Session],
        client: httpx.Client,
        metrics: RelayMetrics | None = None,
        dice: Callable[[], float] = random.random,
    ) -> None:
        """Bind the parts.

        Raises:
            Fault: ``settings_invalid``: a webhook without a secret, whose receiver could trust nothing.
        """
        if settings.webhook_url is None or settings.webhook_secret is None:
            raise Fault(
                Reason.SETTINGS_INVALID, "the relay needs ARTGATE_WEBHOOK_URL and ARTGATE_WEBHOOK_SECRET"
            )
        self._settings = settings
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret.get_secret_value()
        self._sessions = sessions
        self._client = client
        self._metrics = metrics or RelayMetrics(CollectorRegistry())
        self._dice = dice
        self._threads = ThreadPoolExecutor(settings.relay_concurrency, thread_name_prefix="delivery")

    def deliver_due(self) -> bool:
        """Try every message that is due once.

        Returns:
            True when there was one.
        """
        with self._sessions.begin() as session:
            due = outbox.take_due(
                session,
                limit=self._settings.relay_concurrency,
                lease_seconds=4 * self._settings.webhook_timeout,
            )
        for _ in self._threads.map(self._deliver, due):
            pass
        return bool(due)

    def close(self) -> None:
        """Wait for the deliveries under way."""
        self._threads.shutdown()

    def _deliver(self, delivery: Delivery) -> None:
        begun = time.perf_counter()
        trouble = self._post(delivery)
        seconds = time.perf_counter() - begun
        with self._sessions.begin() as session:
            outcome = self._note(session, delivery, trouble)
        self._metrics.tried(outcome, seconds)

    def _post(self, delivery: Delivery) -> str | None:
        """Send one message.

        Returns:
            None when the receiver has taken it, else what went wrong, without anything it sent.
        """
        body = body_of(delivery)
        headers = {
            "Content-Type": "application/json",
            DELIVERY_HEADER: str(delivery.id),
            SIGNATURE_HEADER: signature.sign(self._secret, body, clock.unix_now()),
        }
        try:
            with self._client.stream("POST", self._url, content=body, headers=headers) as answer:
                return None if answer.is_success else f"the receiver answered {answer.status_code}"
        except httpx.HTTPError as error:
            return f"the receiver can't be reached: {type(error).__name__}"

    def _note(self, session: Session, delivery: Delivery, trouble: str | None) -> str:
        if trouble is None:
            outbox.delivered(session, delivery.id, delivery.attempt)
            return "delivered"
        if delivery.attempt >= self._settings.webhook_max_attempts:
            log.error("delivery_dead", extra=_about(delivery, trouble))
            outbox.dead(session, delivery.id, delivery.attempt, error=trouble)
            return "dead"
        log.warning("delivery_failed", extra=_about(delivery, trouble))
        outbox.failed(
            session,
            delivery.id,
            delivery.attempt,
            delay_seconds=self._delay(delivery.attempt),
            error=trouble,
        )
        return "failed"

    def _delay(self, attempt: int) -> float:
        return backoff(
            attempt,
            first=self._settings.webhook_backoff,
            longest=self._settings.webhook_backoff_max,
            dice=self._dice,
        )


def body_of(delivery: Delivery) -> bytes:
    """What the receiver gets: the same bytes at every attempt."""
    envelope = {
        "delivery": str(delivery.id),
        "type": delivery.kind.value,
        "created_at": delivery.created_at.isoformat(),
    }
    return json.dumps({**envelope, **delivery.payload}, ensure_ascii=False, sort_keys=True).encode()


def run(settings: Settings, stop: threading.Event) -> None:
    """Relay until `stop` is set."""
    monitoring = Monitoring(settings, "relay")
    metrics = RelayMetrics(monitoring.registry)
    metrics.delivers.set(settings.webhook_url is not None)
    with monitoring.served(monitoring.exposition(), monitoring.health()):
        if settings.webhook_url is None:
            log.warning("webhook_unset", extra=fields(then="verdicts stay in the outbox"))
            repeat(lambda: False, stop=stop, interval=settings.relay_interval, beat=monitoring.pulse.beat)
        else:
            _relay(settings, stop, metrics, monitoring.pulse.beat)


def _relay(
    settings: Settings, stop: threading.Event, metrics: RelayMetrics, beat: Callable[[], None]
) -> None:
    engine = make_engine(
        settings.database_url.get_secret_value(),
        application="artgate relay",
        pool_size=settings.relay_concurrency + 1,
    )
    with httpx.Client(timeout=settings.webhook_timeout, follow_redirects=False, trust_env=False) as client:
        relay = Relay(settings, sessions=make_sessions(engine), client=client, metrics=metrics)
        repeat(relay.deliver_due, stop=stop, interval=settings.relay_interval, beat=beat)
        relay.close()
    engine.dispose()


def _about(delivery: Delivery, trouble: str) -> dict[str, object]:
    return fields(delivery=str(delivery.id), attempt=delivery.attempt, trouble=trouble)

"""The relay: brings what stands in the outbox to the platform's webhooks.

At least once: a message is noted as delivered after the receiver has said so, so a relay that dies in
between sends it again, under the same delivery id. In order for each subject and each endpoint: a message
leaves only when all earlier ones of its subject are delivered or given up there. An endpoint that can't be
reached is left alone for a while, so that it holds up nobody else.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID

from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.queries import deliveries, delivery_log, endpoints, outbox
from db.queries.endpoints import Endpoint
from db.queries.outbox import Delivery
from worker import clock, signature, tracing
from worker.backoff import backoff
from worker.logs import fields
from worker.loop import repeat
from worker.monitoring.metrics import RelayMetrics
from worker.monitoring.process import Monitoring
from worker.settings import Settings
from worker.signature import SIGNATURE_HEADER
from worker.statements.telling import with_reasons
from worker.webhooks import targets
from worker.webhooks.posting import Outcome, Poster
from worker.webhooks.targets import Target

log = logging.getLogger(__name__)

DELIVERY_HEADER = "X-Artgate-Delivery"
ATTEMPT_HEADER = "X-Artgate-Attempt"
_SPREAD = 500


class Relay:
    """Delivers what is due, a few messages at once, each of another subject."""

    def __init__(
        self,
        settings: Settings,
        *,
        sessions: sessionmaker[Session],
        poster: Poster | None = None,
        metrics: RelayMetrics | None = None,
        dice: Callable[[], float] = random.random,
    ) -> None:
        """Bind the parts.

        Raises:
            Fault: ``settings_invalid``: a webhook without a secret, whose receiver could trust nothing.
        """
        self._settings = settings
        self._of_settings = targets.of_settings(settings)
        self._sessions = sessions
        self._poster = poster or Poster(settings.webhook_timeout)
        self._metrics = metrics or RelayMetrics(CollectorRegistry())
        self._dice = dice
        self._threads = ThreadPoolExecutor(settings.relay_concurrency, thread_name_prefix="delivery")
        self._turn = 0

    def deliver_due(self) -> bool:
        """Try every message that is due once.

        Returns:
            True when there was one.
        """
        spread = self._spread()
        due = [*self._due_to_settings(), *self._due_to_endpoints()]
        for _ in self._threads.map(lambda errand: self._deliver(*errand), due):
            pass
        return bool(due) or spread

    def close(self) -> None:
        """Wait for the deliveries under way."""
        self._threads.shutdown()

    def _spread(self) -> bool:
        """Queue what is new for the endpoints. True where there was something."""
        with self._sessions.begin() as session:
            told = endpoints.any_enabled(session)
            self._metrics.delivers.set(told or self._of_settings is not None)
            close = told and self._of_settings is None
            return deliveries.spread(session, limit=_SPREAD, close=close) > 0

    def _due_to_settings(self) -> list[tuple[Target, Delivery]]:
        if self._of_settings is None:
            return []
        with self._sessions.begin() as session:
            due = outbox.take_due(session, limit=self._settings.relay_concurrency, lease_seconds=self._lease)
        return [(self._of_settings, delivery) for delivery in due]

    def _due_to_endpoints(self) -> list[tuple[Target, Delivery]]:
        """As many as are sent at once; each round begins with another endpoint."""
        due: list[tuple[Target, Delivery]] = []
        self._turn += 1
        with self._sessions.begin() as session:
            ready = endpoints.ready(session)
            first = self._turn % max(1, len(ready))
            for endpoint in ready[first:] + ready[:first]:
                limit = min(self._share(endpoint), self._settings.relay_concurrency - len(due))
                taken = deliveries.take_due(session, endpoint.id, limit=limit, lease_seconds=self._lease)
                due += [(targets.of_endpoint(self._settings, endpoint), delivery) for delivery in taken]
        return due

    def _share(self, endpoint: Endpoint) -> int:
        """Messages that an endpoint gets at once: a single one where it could not be reached before."""
        return 1 if endpoint.failures else self._settings.relay_concurrency

    @property
    def _lease(self) -> float:
        """Twice as long as a round, in which what was taken waits for its turn behind other deliveries."""
        return 4 * self._settings.webhook_timeout

    def _deliver(self, target: Target, delivery: Delivery) -> None:
        begun = time.perf_counter()
        with self._sessions() as session:
            payload = with_reasons(session, delivery, self._settings)
        outcome = self._traced_post(target, replace(delivery, payload=payload))
        seconds = time.perf_counter() - begun
        with self._sessions.begin() as session:
            came = self._note(session, target, delivery, outcome)
            delivery_log.note(
                session,
                target.endpoint_id,
                delivery.id,
                delivery.attempt,
                outcome=came,
                status=outcome.status,
                seconds=seconds,
                error=outcome.trouble,
            )
        self._metrics.tried(came, seconds)

    def _traced_post(self, target: Target, delivery: Delivery) -> Outcome:
        """Send one message, and go on with the trace of what it tells of, if there is one."""
        if delivery.trace is None:
            return self._post(target, delivery)
        with tracing.span("webhook", of=delivery.trace, event_id=UUID(delivery.payload["event_id"])):
            return self._post(target, delivery)

    def _post(self, target: Target, delivery: Delivery) -> Outcome:
        """Send one message."""
        body = body_of(delivery)
        headers = {
            "Content-Type": "application/json",
            DELIVERY_HEADER: str(delivery.id),
            ATTEMPT_HEADER: str(delivery.attempt),
            SIGNATURE_HEADER: signature.sign_with_all(target.keys, body, clock.unix_now()),
        }
        return self._poster.post(target.url, body, headers, target.networks)

    def _note(self, session: Session, target: Target, delivery: Delivery, outcome: Outcome) -> str:
        self._note_reached(session, target, outcome)
        if outcome.trouble is None:
            outbox.delivered(session, delivery.id, delivery.attempt, target.endpoint_id)
            return "delivered"
        told = fields(
            endpoint=target.name, delivery=str(delivery.id), attempt=delivery.attempt, trouble=outcome.trouble
        )
        if delivery.tries >= self._settings.webhook_max_attempts:
            log.error("delivery_dead", extra=told)
            outbox.dead(session, delivery.id, delivery.attempt, target.endpoint_id, error=outcome.trouble)
            return "dead"
        log.warning("delivery_failed", extra=told)
        outbox.failed(
            session,
            delivery.id,
            delivery.attempt,
            target.endpoint_id,
            delay_seconds=self._delay(delivery.tries),
            error=outcome.trouble,
        )
        return "failed"

    def _note_reached(self, session: Session, target: Target, outcome: Outcome) -> None:
        if target.endpoint_id is None:
            return
        if outcome.answered:
            endpoints.reached(session, target.endpoint_id)
        else:
            endpoints.rest(session, target.endpoint_id, self._delay(target.failures + 1))

    def _delay(self, attempt: int) -> float:
        return backoff(
            attempt,
            first=self._settings.webhook_backoff,
            longest=self._settings.webhook_backoff_max,
            dice=self._dice,
        )


def body_of(delivery: Delivery) -> bytes:
    """What the receiver gets: the same bytes at every attempt, as long as the settings are the same."""
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
    if settings.webhook_url is None:
        log.warning(
            "webhook_unset", extra=fields(then="verdicts stay in the outbox until an endpoint is added")
        )
    engine = make_engine(
        settings.database_url.get_secret_value(),
        application="artgate relay",
        pool_size=settings.relay_concurrency + 1,
    )
    with monitoring.served(monitoring.exposition(), monitoring.health()):
        relay = Relay(settings, sessions=make_sessions(engine), metrics=metrics)
        repeat(relay.deliver_due, stop=stop, interval=settings.relay_interval, beat=monitoring.pulse.beat)
        relay.close()
    engine.dispose()

"""Messages on their way to a platform: written, delivered, made due, and sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from db.models import MessageKind
from db.queries import delivery_log, outbox
from tests.worker.inbox import Sessions
from tests.worker.receiver import Receiver
from worker.clock import new_id
from worker.relay import Relay
from worker.webhooks import endpoints
from worker.webhooks.endpoints import Replay

HERE = ("127.0.0.1",)
"""The network that the tests' receivers lie in."""


def tell(
    sessions: Sessions,
    subject: str = "art/a.png",
    kind: MessageKind = MessageKind.VERDICT,
    wait: float = 0.0,
    **payload: Any,
) -> UUID:
    """Put a message into the outbox; gives its delivery id."""
    message_id = new_id()
    with sessions.begin() as session:
        outbox.add(session, message_id, subject, kind, payload, wait_seconds=wait)
    return message_id


def deliver(relay: Relay) -> None:
    """Rounds until nothing is due."""
    while relay.deliver_due():
        pass


def let_time_pass(sessions: Sessions) -> None:
    """Make everything due that waits for its time, and let nobody rest."""
    with sessions.begin() as session:
        for table in ("outbox", "webhook_deliveries"):
            session.execute(text(f"UPDATE {table} SET not_before = now()"))
        session.execute(text("UPDATE webhook_endpoints SET rest_until = NULL"))


def give_up(relay: Relay, sessions: Sessions, tries: int) -> None:
    """Deliver as often as a message is tried, and once more."""
    for _ in range(tries + 1):
        deliver(relay)
        let_time_pass(sessions)


def add(sessions: Sessions, name: str, url: str, *events: str) -> str:
    """Add an endpoint on this machine; gives its secret."""
    with sessions.begin() as session:
        return endpoints.add(session, name, url, events=events, networks=HERE)


def replay(sessions: Sessions, name: str, **which: Any) -> int:
    """Have messages sent again; how many."""
    with sessions.begin() as session:
        return endpoints.replay(session, name, Replay(**which))


def log_of(sessions: Sessions) -> list[delivery_log.Attempt]:
    """The newest lines of the log, newest first."""
    with sessions() as session:
        return delivery_log.latest(session, limit=100)


def failing_once_below_100() -> Callable[[dict[str, Any]], int]:
    """Answers each message whose ``n`` is below 100 with a failure at first."""
    failed: set[int] = set()

    def answer(body: dict[str, Any]) -> int:
        new = body["n"] < 100 and body["n"] not in failed
        failed.add(body["n"])
        return 500 if new else 200

    return answer


def numbers(told: Receiver) -> tuple[list[int], list[int]]:
    """The ``n`` of all that was taken, in order: those below 100, and the others."""
    order = [got.json["n"] for got in told.taken]
    return [n for n in order if n < 100], [n for n in order if n >= 100]

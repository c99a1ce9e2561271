"""Each process does its part of telling and of feedback with the rights of its own database role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from db.engine import make_engine, make_sessions
from db.models import FeedbackDay, HumanLabel, VerdictLabel
from db.queries import accusations, daily, figures
from migrations.grants import Role
from migrations.roles import make_roles
from tests.db import factories
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from tests.worker.platform.conftest import decided, fresh_key
from tests.worker.receiver import receiver
from tests.worker.relaying import deliver
from tests.worker.review.test_sampling import settle
from worker.relay import Relay
from worker.review.policy import AuditSampling
from worker.review.sampling import draw_one_batch, measure
from worker.settings import Settings
from worker.webhooks import endpoints
from worker.webhooks.endpoints import Replay


@pytest.fixture(scope="module")
def url(new_database: Callable[[], str]) -> str:
    """A migrated database whose duties are divided."""
    made = new_database()
    make_roles(made)
    return made


@contextmanager
def sessions_as(url: str, role: Role | None = None) -> Iterator[Sessions]:
    """Sessions that have the rights of a role, or the owner's."""
    engine = make_engine(url)
    if role is not None:

        def take_role(connection: Any, _: object) -> None:
            connection.execute(f"SET ROLE {role}")
            connection.commit()

        event.listen(engine, "connect", take_role)
    yield make_sessions(engine)
    engine.dispose()


def test_the_relay_tells_endpoints_with_reasons(url: str) -> None:
    with sessions_as(url) as owner, receiver() as shop, receiver() as main:
        with owner.begin() as session:
            filed = file_uncertain(session, "uploads", fresh_key())
        decision = decided(owner, filed.item, HumanLabel.SYNTHETIC)
        with sessions_as(url, Role.OPERATOR) as operator, operator.begin() as session:
            endpoints.add(session, "shop", shop.url, events=(), networks=["127.0.0.1"])
            endpoints.rotate(session, "shop", alone=False)
        settings = Settings(webhook_url=main.url, webhook_secret=SecretStr("s"))
        with sessions_as(url, Role.RELAY) as own:
            relay = Relay(settings, sessions=own)
            deliver(relay)
            relay.close()
        for told in (*shop.taken, *main.taken):
            assert told.json["statement"]["id"] == str(decision)
        assert (len(shop.taken), len(main.taken)) == (1, 1)
    for role in (Role.HOOK, Role.CONSOLE, Role.OPERATOR):
        with sessions_as(url, role) as sender, sender.begin() as session:
            assert endpoints.replay(session, "shop", Replay(delivery=decision)) in {0, 1}
            assert endpoints.replay(session, "settings", Replay(delivery=decision)) in {0, 1}


def test_the_sweeper_draws_reckons_and_counts(url: str) -> None:
    lots = AuditSampling(synthetic_share=1.0, queue="lot")
    with sessions_as(url) as owner:
        with sessions_as(url, Role.SWEEPER) as own, own.begin() as session:
            draw_one_batch(session, lots, limit=9)
        with owner.begin() as session:
            factories.verdict(session, factories.image(session), label=VerdictLabel.SYNTHETIC)
            settle(session)
    with sessions_as(url, Role.SWEEPER) as own:
        with own.begin() as session:
            assert draw_one_batch(session, lots, limit=9) == 1
        with own.begin() as session:
            assert not daily.measured_today(session, FeedbackDay)
            measure(session)
            figures.messages_pending(session)
    with sessions_as(url, Role.WORKER) as own, own.begin() as session:
        assert accusations.within_limit(session, "ann", limit=1)
        session.execute(text("SELECT 1"))

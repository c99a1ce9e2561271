"""What holds a bundle on trial, counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from db.engine import make_engine, make_sessions
from db.models import (
    RolloutAction,
)
from db.models.bundles import DEFAULT_NAME
from db.queries import bundles
from tests.worker.inbox import Sessions
from worker.rollout import steps
from worker.rollout.bounds import RolloutBounds

TRIAL = "ab" * 32
BOUNDS = RolloutBounds(false_accusations=0.02, least_accusations=50, known_accusations=0.02, least_known=50)


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """Of a database in which a bundle is a canary."""
    engine = make_engine(new_database(), pooled=False)
    made = make_sessions(engine)
    with made.begin() as session:
        bundles.register(session, TRIAL, name=DEFAULT_NAME, manifest={}, location="nowhere")
        for action in (RolloutAction.SHADOW, RolloutAction.CANARY):
            steps.take(session, action, TRIAL, person="ada", reason="tried", share=0.5)
    yield made
    engine.dispose()

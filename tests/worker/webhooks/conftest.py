"""Endpoints on a database of their own, and the relay that tells them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worker.inbox import Sessions
from tests.worker.receiver import Receiver, receiver
from worker.relay import Relay
from worker.settings import Settings

TRIES = 2


@pytest.fixture
def sessions(own_sessions: Sessions) -> Sessions:
    """A database for each test: the relay takes everything that is due."""
    return own_sessions


@pytest.fixture
def relay(sessions: Sessions) -> Iterator[Relay]:
    """A relay with short patience, and no endpoint in its settings."""
    settings = Settings(webhook_timeout=1.0, webhook_max_attempts=TRIES)
    made = Relay(settings, sessions=sessions, dice=lambda: 1.0)
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Receiver]:
    """A second receiver."""
    with receiver() as told:
        yield told

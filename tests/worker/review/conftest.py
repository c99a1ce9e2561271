"""A desk with items on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session, sessionmaker

from tests.worker.filing import Filed, file_uncertain
from worker.clock import new_id


@pytest.fixture
def open_items(sessions: sessionmaker[Session]) -> Callable[[int], list[Filed]]:
    """Opens that many new items, the first one the most urgent."""

    def make(count: int) -> list[Filed]:
        batch = new_id().hex
        with sessions.begin() as session:
            return [
                file_uncertain(session, "uploads", f"{batch}/{number}.png", priority=1.0 - number / 1000)
                for number in range(count)
            ]

    return make

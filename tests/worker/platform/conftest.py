"""The platform's API on real PostgreSQL and a real bucket, with a token that may ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.base import db_now
from db.models import Event, EventState, HumanLabel
from db.queries import review
from tests.db.factories import decide
from tests.servers import Bucket
from tests.worker.filing import Filed
from tests.worker.inbox import Sessions
from worker.clock import new_id
from worker.dispatch import Dispatcher
from worker.hook.app import make_app
from worker.settings import Settings

Web: TypeAlias = Any
"""A client of the test client's library."""
TOKEN = "of the platform"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def settings(settings: Settings, bucket: Bucket) -> Settings:
    """The module's settings, with a token and limits that only their own tests meet."""
    named = {
        "hook_tokens": (TOKEN,),
        "api_per_second": 10_000.0,
        "api_burst": 10_000,
        "appeals_per_day": 2,
        "erase_at_once": 500,
        "buckets": (bucket.name, "uploads"),
    }
    return Settings(**(settings.model_dump() | named))


@pytest.fixture(scope="module")
def new_client(sessions: Sessions) -> Iterator[Callable[[Settings], Web]]:
    """Makes clients of the application with other settings."""
    dispatchers: list[Dispatcher] = []

    def make(settings: Settings) -> Web:
        dispatchers.append(Dispatcher(settings))
        application = make_app(settings, sessions, dispatchers[-1])
        return TestClient(application, headers=BEARER, raise_server_exceptions=False)

    yield make
    for dispatcher in dispatchers:
        dispatcher.close()


@pytest.fixture(scope="module")
def client(settings: Settings, new_client: Callable[[Settings], Web]) -> Iterator[Web]:
    """The application, started; every request shows the token."""
    with new_client(settings) as made:
        yield made


def fresh_key() -> str:
    """A key that no object has."""
    return f"{new_id()}.png"


def finish(session: Session, filed: Filed) -> None:
    """Note that the scan of a filed event has ended."""
    ended = {"state": EventState.DONE, "image_id": filed.image, "finished_at": db_now()}
    session.execute(update(Event).where(Event.id == filed.event).values(**ended))


def decided(
    sessions: Sessions, item_id: Any, label: HumanLabel, *, by: str = "ann", undo_seconds: float = 0.0
) -> Any:
    """Have a person claim and decide an item. The decision's id."""
    with sessions.begin() as session:
        item = review.claim(session, item_id, by, lease_seconds=60)
        assert item is not None
        return decide(session, item_id, by, item.lease_number, label=label, undo_seconds=undo_seconds)


def refused(answer: Any) -> tuple[int, str]:
    """Status and reason of a problem document."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["reason"]

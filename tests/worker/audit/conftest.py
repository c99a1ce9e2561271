"""A database with decisions on it, and its audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from db.engine import make_engine, make_sessions
from db.models import HumanLabel
from db.queries import policies, reviewers
from db.queries.reviewers import Profile
from tests.worker.filing import file_uncertain
from tests.worker.inbox import Sessions
from worker.audit.chainer import Chainer
from worker.audit.findings import Verified
from worker.audit.form import Keyring
from worker.audit.verifier import Exported, verify
from worker.review import asides, deciding, desk

KEYS = Keyring([b"k" * 32])
LEASE = 600.0


@pytest.fixture
def sessions(new_database: Callable[[], str]) -> Iterator[sessionmaker[Session]]:
    """Sessions on a database of this test's own."""
    engine = make_engine(new_database(), application="tests")
    yield make_sessions(engine)
    engine.dispose()


@pytest.fixture
def worked(sessions: Sessions) -> Sessions:
    """A morning's work on a database of this test's own."""
    return work(sessions)


@pytest.fixture(scope="module")
def shared(new_database: Callable[[], str]) -> Iterator[Sessions]:
    """A morning's work for tests that roll back what they change."""
    engine = make_engine(new_database(), application="tests")
    yield work(make_sessions(engine))
    engine.dispose()


def work(sessions: Sessions) -> Sessions:
    """Decisions, a disagreement, one taken back, acts with notes; chained in two parts."""
    chainer = Chainer(sessions, KEYS)
    with sessions.begin() as session:
        policies.append(session, {"assignment_hours": 2})
        reviewers.describe(session, Profile(name="sen", senior=True))
        items = [file_uncertain(session, "uploads", f"{number}.png").item for number in range(6)]
        for number, item in enumerate(items[:3]):
            lease = desk.claim(session, item, "ann", lease_seconds=LEASE).lease_number
            label = HumanLabel.SYNTHETIC if number == 0 else HumanLabel.GENUINE
            deciding.decide(session, item, "ann", lease, label=label, note=f"note {number}", undo_seconds=60)
        deciding.undo(session, items[2], "ann", 1, undo_seconds=60, lease_seconds=LEASE)
    chainer.chain_all()
    with sessions.begin() as session:
        lease = desk.claim(session, items[3], "bo", lease_seconds=LEASE).lease_number
        asides.skip(session, items[3], "bo", lease, why="not my field")
        lease = desk.claim(session, items[4], "bo", lease_seconds=LEASE).lease_number
        asides.hand_over(session, items[4], "bo", lease, to="ann", why="yours")
        lease = desk.claim(session, items[5], "bo", lease_seconds=LEASE).lease_number
        asides.escalate(session, items[5], "bo", lease, why="hard")
    chainer.chain_all()
    return sessions


def verified(sessions: Sessions, exported: list[Exported] | None = None) -> Verified:
    """What a verification finds."""
    with sessions() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return verify(session, KEYS, exported or [])


def as_administrator(sessions: Sessions, *statements: str) -> None:
    """Run SQL with every trigger and foreign key switched off, as only a superuser can."""
    with sessions.begin() as session:
        tamper(session, *statements)


def tamper(session: Session, *statements: str) -> None:
    """The same in a transaction that the test ends."""
    session.execute(text("SET LOCAL session_replication_role = replica"))
    for statement in statements:
        session.execute(text(statement))
    session.execute(text("SET LOCAL session_replication_role = origin"))

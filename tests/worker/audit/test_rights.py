"""What the worker's role may do, and what it may not."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.models import HumanLabel
from tests.worker.audit.conftest import LEASE, verified
from tests.worker.inbox import Sessions
from worker.review import deciding, desk


@pytest.fixture(scope="module")
def worker_role(shared: Sessions) -> str:
    """A role with a worker's rights on this database and no others."""
    with shared.begin() as session:
        session.execute(
            text(
                "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'some_worker') THEN"
                " CREATE ROLE some_worker; END IF; END $$"
            )
        )
        session.execute(text("SELECT grant_worker('some_worker')"))
    return "some_worker"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET kind = 'x'",
        "DELETE FROM audit_entries",
        "INSERT INTO audit_entries (kind, body) VALUES ('x', '{}')",
        "UPDATE audit_links SET hash = sha256('x')",
        "DELETE FROM audit_links",
        "DELETE FROM audit_heads",
        "TRUNCATE audit_entries CASCADE",
        "SELECT audit_write('decided', NULL, '{}')",
        "UPDATE decisions SET label = 'GENUINE'",
        "DELETE FROM decisions",
        "DELETE FROM retractions",
        "UPDATE review_policies SET document = '{}'",
        "DELETE FROM review_items",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_the_workers_role_can_not_touch_the_log(shared: Sessions, worker_role: str, statement: str) -> None:
    with shared() as session:
        session.execute(text(f"SET ROLE {worker_role}"))
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            session.execute(text(statement))


def test_the_workers_role_can_do_its_work_and_what_it_does_is_logged(
    shared: Sessions, worker_role: str
) -> None:
    with shared() as session:
        session.execute(text(f"SET LOCAL ROLE {worker_role}"))
        item = desk.claim_next(session, "dee", lease_seconds=LEASE)
        deciding.decide(
            session, item.id, "dee", item.lease_number, label=HumanLabel.GENUINE, note="y", undo_seconds=60
        )
        deciding.undo(session, item.id, "dee", item.lease_number, undo_seconds=60, lease_seconds=LEASE)
        session.commit()

    assert verified(shared).findings == ()

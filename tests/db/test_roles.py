"""Least privilege: what each role may do, and above all what it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from db.engine import make_engine
from db.models import Event
from migrations import runner
from migrations.grants import RIGHTS, Role, existing
from migrations.roles import make_roles
from tests.databases import Databases

PROCESSES = frozenset(Role) - {Role.MIGRATOR}


@pytest.fixture(scope="module")
def divided(new_database: Callable[[], str]) -> str:
    """URL of a migrated database whose roles are made."""
    url = new_database()
    make_roles(url)
    return url


@pytest.fixture(scope="module")
def engine(divided: str) -> Iterator[Engine]:
    made = make_engine(divided, application="tests")
    yield made
    made.dispose()


def attempt(engine: Engine, role: Role, statement: str) -> None:
    """Run a statement as a role, and take back what it did."""
    with engine.connect() as connection:
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(text(statement))
        connection.rollback()


def test_every_table_has_its_line_in_the_one_place() -> None:
    """A new table needs a decision: who may do what with it."""
    assert set(RIGHTS) == set(Event.metadata.tables) | {"alembic_version"}


def test_what_postgresql_says_is_what_is_written_there(engine: Engine) -> None:
    query = """
        SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
         WHERE table_schema = 'public' AND grantee LIKE 'artgate\\_%' AND grantee <> 'artgate_migrator'
    """
    with engine.connect() as connection:
        granted = {tuple(row) for row in connection.execute(text(query))}
    written = {
        (table, role.value, right)
        for table, rights in RIGHTS.items()
        for role, words in rights.items()
        for right in words
    }
    assert granted == written


FORBIDDEN = [
    (Role.HOOK, "SELECT * FROM features"),
    (Role.HOOK, "UPDATE verdicts SET label = 'GENUINE'"),
    (Role.HOOK, "INSERT INTO verdicts SELECT * FROM verdicts"),
    (Role.HOOK, "UPDATE bundles SET state = 'active'"),
    (Role.HOOK, "SELECT * FROM audit_entries"),
    (Role.HOOK, "INSERT INTO review_policies (document) SELECT document FROM review_policies"),
    (Role.WORKER, "UPDATE audit_entries SET kind = 'x'"),
    (Role.WORKER, "DELETE FROM audit_entries"),
    (Role.WORKER, "SELECT * FROM accounts"),
    (Role.WORKER, "SELECT * FROM notes"),
    (Role.WORKER, "INSERT INTO decisions SELECT * FROM decisions"),
    (Role.WORKER, "UPDATE verdicts SET label = 'GENUINE'"),
    (Role.WORKER, "INSERT INTO events SELECT * FROM events"),
    (Role.WORKER, "DELETE FROM images"),
    (Role.SWEEPER, "SELECT * FROM features"),
    (Role.SWEEPER, "UPDATE verdicts SET label = 'GENUINE'"),
    (Role.SWEEPER, "UPDATE decisions SET label = 'GENUINE'"),
    (Role.SWEEPER, "UPDATE audit_links SET hash = ''"),
    (Role.SWEEPER, "DELETE FROM events"),
    (Role.SWEEPER, "SELECT * FROM browser_sessions"),
    (Role.SWEEPER, "SELECT verifier FROM oidc_attempts"),
    (Role.SWEEPER, "DROP TABLE webhook_attempts_rest"),
    (Role.RELAY, "SELECT drop_partition('webhook_attempts', now())"),
    (Role.WORKER, "SELECT make_partition('webhook_attempts', '2020-01-06', '2020-01-13')"),
    (Role.CHAINER, "UPDATE audit_entries SET kind = 'x'"),
    (Role.CHAINER, "INSERT INTO audit_entries (kind, body) VALUES ('x', '{}')"),
    (Role.CHAINER, "SELECT * FROM events"),
    (
        Role.RELAY,
        "INSERT INTO outbox (id, subject, kind, payload) SELECT id, subject, kind, payload FROM outbox",
    ),
    (Role.RELAY, "DELETE FROM outbox"),
    (Role.RELAY, "SELECT * FROM events"),
    (Role.RELAY, "SELECT * FROM accounts"),
    (Role.RELAY, "UPDATE webhook_keys SET secret = 'x'"),
    (Role.HOOK, "SELECT * FROM webhook_keys"),
    (Role.AUDITOR, "SELECT * FROM webhook_keys"),
    (Role.CONSOLE, "SELECT * FROM webhook_keys"),
    (Role.CONSOLE, "SELECT secret FROM webhook_keys"),
    (Role.CONSOLE, "UPDATE outbox SET payload = '{}'"),
    (Role.WORKER, "SELECT * FROM webhook_deliveries"),
    (Role.CONSOLE, "UPDATE features SET length = 0"),
    (Role.CONSOLE, "UPDATE events SET state = 'done'"),
    (Role.CONSOLE, "DELETE FROM decisions"),
    (Role.CONSOLE, "SELECT * FROM audit_entries"),
    (Role.AUDITOR, "UPDATE review_items SET state = 'open'"),
    (Role.AUDITOR, "INSERT INTO audit_heads SELECT * FROM audit_heads"),
    (Role.AUDITOR, "DELETE FROM audit_pending"),
    (Role.AUDITOR, "SELECT * FROM second_factors"),
    (Role.AUDITOR, "SELECT * FROM api_tokens"),
    (Role.OPERATOR, "UPDATE decisions SET label = 'GENUINE'"),
    (Role.OPERATOR, "DELETE FROM audit_entries"),
    (Role.OPERATOR, "UPDATE verdicts SET label = 'GENUINE'"),
]


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
def test_a_role_is_refused_what_is_not_its_duty(engine: Engine, role: Role, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        attempt(engine, role, statement)


ALLOWED = [
    (Role.HOOK, "SELECT * FROM oidc_attempts FOR UPDATE SKIP LOCKED"),
    (Role.HOOK, "UPDATE review_items SET reach = 1"),
    (Role.WORKER, "SELECT * FROM events FOR UPDATE"),
    (Role.WORKER, "INSERT INTO features SELECT * FROM features"),
    (Role.SWEEPER, "DELETE FROM audit_pending"),
    (Role.SWEEPER, "UPDATE verdicts SET features_id = NULL WHERE image_id IS NULL"),
    (Role.SWEEPER, "DELETE FROM features WHERE image_id IS NULL RETURNING id"),
    (Role.SWEEPER, "INSERT INTO audit_links SELECT * FROM audit_links"),
    (Role.RELAY, "SELECT * FROM outbox FOR UPDATE SKIP LOCKED"),
    (Role.RELAY, "DELETE FROM webhook_deliveries WHERE state = 'delivered'"),
    (Role.SWEEPER, "DELETE FROM webhook_deliveries WHERE message_id IS NULL"),
    (Role.SWEEPER, "SELECT * FROM audit_cursors FOR UPDATE"),
    (Role.SWEEPER, "SELECT drop_partition('webhook_attempts', now())"),
    (Role.SWEEPER, "DELETE FROM browser_sessions WHERE expires_at < now() RETURNING id"),
    (Role.OPERATOR, "DELETE FROM webhook_endpoints"),
    (Role.CONSOLE, "SELECT * FROM features"),
    (Role.CONSOLE, "UPDATE outbox SET state = 'pending', delivered_at = NULL"),
    (Role.CONSOLE, "SELECT count(id) FROM webhook_keys WHERE retired_at IS NULL"),
    (Role.AUDITOR, "SELECT * FROM audit_entries JOIN audit_links ON entry_id = audit_entries.id"),
    (Role.OPERATOR, "INSERT INTO external_identities SELECT * FROM external_identities"),
]


@pytest.mark.parametrize(("role", "statement"), ALLOWED)
def test_a_role_may_do_its_duty(engine: Engine, role: Role, statement: str) -> None:
    attempt(engine, role, statement)


@pytest.mark.parametrize("role", sorted(PROCESSES))
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE events",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "SELECT audit_write('decided', NULL, '{}')",
        "SELECT grant_worker('artgate_relay')",
        "TRUNCATE outbox",
        "CREATE ROLE another",
        "COPY events TO PROGRAM 'cat'",
    ],
)
def test_no_process_may_change_the_schema_the_rights_or_the_log(
    engine: Engine, role: Role, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
        attempt(engine, role, statement)


def test_the_auditor_writes_nothing_at_all() -> None:
    assert {right for rights in RIGHTS.values() for right in rights[Role.AUDITOR]} == {"SELECT"}


def test_nobody_changes_what_is_only_added_to() -> None:
    for table in ("decisions", "retractions", "review_acts", "review_policies", "verdicts", "first_opinions"):
        assert not {"UPDATE", "DELETE"} & {right for words in RIGHTS[table].values() for right in words}, (
            table
        )
    # An erasure, which the sweeper carries out, takes vectors away and changes none.
    assert {role for role, words in RIGHTS["features"].items() if "DELETE" in words} == {Role.SWEEPER}
    assert not {role for role, words in RIGHTS["features"].items() if "UPDATE" in words}
    for table in ("audit_entries", "audit_links", "audit_heads"):
        assert not {"UPDATE", "DELETE"} & {right for words in RIGHTS[table].values() for right in words}, (
            table
        )


def test_the_migrator_owns_everything_and_migrates_it(divided: str, engine: Engine) -> None:
    """Down and up again under its own name; the rights of the others are there again afterwards."""
    password = make_roles(divided, passwords_for=frozenset({Role.MIGRATOR})).passwords[Role.MIGRATOR]
    own = make_url(divided).set(username=Role.MIGRATOR.value, password=password)
    url = own.render_as_string(hide_password=False)
    runner.downgrade(url, "0004")
    runner.upgrade(url)
    assert runner.check(url).ok
    attempt(engine, Role.RELAY, "SELECT * FROM outbox")
    with pytest.raises(ProgrammingError, match="permission denied"):
        attempt(engine, Role.RELAY, "SELECT * FROM events")


def test_a_password_lets_its_role_in_and_another_call_keeps_it(divided: str) -> None:
    made = make_roles(divided, passwords_for=frozenset({Role.RELAY}))
    assert (made.created, set(made.passwords)) == ((), {Role.RELAY})
    assert make_roles(divided).passwords == {}
    own = make_url(divided).set(username=Role.RELAY.value, password=made.passwords[Role.RELAY])
    with make_engine(own, pooled=False).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM outbox")) == 0
    with pytest.raises(OperationalError), make_engine(own.set(password="other"), pooled=False).connect():
        raise AssertionError("a wrong password lets nobody in")


def test_roles_that_are_made_before_the_tables_get_their_rights_from_the_migration(
    databases: Databases,
) -> None:
    empty = databases.empty()
    make_roles(empty)
    runner.upgrade(empty)
    engine = make_engine(empty, pooled=False)
    attempt(engine, Role.RELAY, "UPDATE outbox SET attempts = 0")
    with engine.connect() as connection:
        assert existing(connection) == frozenset(Role)

"""Which revision the schema has."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from db.engine import make_engine, make_sessions
from db.queries import schema
from migrations.runner import revisions
from tests.databases import Databases


def test_a_migrated_database_tells_its_revision(session: Session) -> None:
    assert schema.revision(session) == revisions()[0]


def test_a_database_that_was_never_migrated_or_taken_back_has_none(databases: Databases) -> None:
    engine = make_engine(databases.empty(), pooled=False)
    with make_sessions(engine).begin() as session:
        assert schema.revision(session) is None
        session.execute(text("CREATE TABLE alembic_version (version_num text)"))
        assert schema.revision(session) is None

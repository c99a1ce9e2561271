"""Makes artgate's roles in a PostgreSQL cluster: an administrator's work, which may be done again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, text

from db.engine import make_engine
from migrations.grants import Role, existing, grant

_PASSWORD_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a call has done."""

    created: tuple[Role, ...]
    """Roles that there had not been."""
    passwords: Mapping[Role, str]
    """The passwords that were set anew."""


def make_roles(
    url: str,
    *,
    passwords_for: frozenset[Role] = frozenset(),
    known: Mapping[Role, str] = MappingProxyType({}),
) -> Made:
    """Create the roles that are missing, give the tables to the migrator and the others their rights.

    Args:
        url: SQLAlchemy URL, of an administrator of the cluster (a superuser, or CREATEROLE and the tables'
            owner), to artgate's database, migrated or still empty.
        passwords_for: roles that get a new password. Others keep theirs; a role that never got one can't
            log in by password.
        known: passwords that roles which are created here get, so that what was handed out before still fits.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database can't be reached, or the role may not do this.
    """
    engine = make_engine(url, application="artgate db roles", pooled=False)
    try:
        with engine.begin() as connection:
            before = existing(connection)
            created = tuple(role for role in Role if role not in before)
            for role in created:
                connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE")
            passwords = {
                role: secrets.token_urlsafe(_PASSWORD_BYTES) for role in Role if role in passwords_for
            }
            kept = {role: known[role] for role in created if role in known and role not in passwords}
            for role, password in {**passwords, **kept}.items():
                _set_password(connection, role, password)
            connection.exec_driver_sql(f"GRANT {Role.CHAINER} TO {Role.SWEEPER}")
            _give_to_migrator(connection)
            grant(connection)
    finally:
        engine.dispose()
    return Made(created=created, passwords=passwords)


def _set_password(connection: Connection, role: Role, password: str) -> None:
    """Set a password. The server gets its SCRAM verifier, so its logs never hold the word itself."""
    line = connection.connection.driver_connection
    assert line is not None, "the connection is open"
    verifier = line.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD '{verifier}'")


def _give_to_migrator(connection: Connection) -> None:
    """Make the migrator the owner of what there is, and let it alone make more."""
    migrator = Role.MIGRATOR
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    connection.exec_driver_sql(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    connection.exec_driver_sql(f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {migrator}")
    for statement in connection.scalars(text(_OWNERS), {"owner": migrator.value}).all():
        connection.exec_driver_sql(statement)


_OWNERS = """
SELECT format('ALTER TABLE %I.%I OWNER TO %I', schemaname, tablename, CAST(:owner AS text))
  FROM pg_tables WHERE schemaname = current_schema() AND tableowner <> :owner
UNION ALL
SELECT format('ALTER FUNCTION %s OWNER TO %I', pg_proc.oid\\:\\:regprocedure, CAST(:owner AS text))
  FROM pg_proc
 WHERE pronamespace = current_schema()\\:\\:regnamespace AND pg_get_userbyid(proowner) <> :owner
   AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""

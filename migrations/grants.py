"""Least privilege in PostgreSQL: which role of artgate's may do what with which table.

This is the one place. A migration ends with these grants, for the roles that exist; `migrations.roles` makes
them. A table that is not named here is nobody's but the owner's, and a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import Connection, text


class Role(StrEnum):
    """A role for each duty, cluster-wide. ``migrator`` owns the tables and needs no grant."""

    MIGRATOR = "artgate_migrator"
    HOOK = "artgate_hook"
    WORKER = "artgate_worker"
    SWEEPER = "artgate_sweeper"
    CHAINER = "artgate_chainer"
    """The audit log's: the sweeper is a member."""
    RELAY = "artgate_relay"
    CONSOLE = "artgate_console"
    AUDITOR = "artgate_auditor"
    """Reads, and verifies the audit log."""
    OPERATOR = "artgate_operator"
    """The commands that a person calls."""


_WORDS = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
"""PostgreSQL's own letters for rights."""
_COLUMNS = (
    Role.HOOK,
    Role.WORKER,
    Role.SWEEPER,
    Role.CHAINER,
    Role.RELAY,
    Role.CONSOLE,
    Role.AUDITOR,
    Role.OPERATOR,
)
_TABLE = """
table                 hook  worker  sweeper  chainer  relay  console  auditor  operator

events                raw   rw      rw       -        -      r        r        raw
images                rw    raw     rw       -        -      r        r        rw
features              -     ra      d        -        -      r        -        ra
bundles               r     raw     rw       -        -      rw       r        raw
verdicts              r     ra      r        -        r      r        r        ra
backfills             -     rw      r        -        -      -        r        raw
outbox                rawd  ra      rawd     -        rw     rad      r        rawd
webhook_endpoints     r     -       -        -        rw     r        r        rawd
webhook_keys          -     -       -        -        r      -        -        raw
webhook_deliveries    rawd  -       rd       -        rawd   raw      r        raw
webhook_attempts      -     -       rd       -        rad    r        r        r
webhook_attempts_before -   -       rd       -        -      r        r        r
statement_batches     -     -       -        -        -      -        r        raw
statement_exports     -     -       -        -        -      -        r        ra

review_items          raw   raw     raw      -        r      raw      r        raw
decisions             ra    r       ra       -        r      ra       r        ra
retractions           ra    r       r        -        r      ra       r        ra
review_acts           ra    -       ra       -        -      ra       r        ra
notes                 raw   -       raw      -        -      raw      r        raw
precedents            ra    r       rad      -        -      ra       r        ra
resemblances          ra    r       ra       -        -      ra       r        ra
review_policies       r     r       r        -        -      r        r        ra
reviewers             raw   r       r        -        -      raw      r        raw
known_answers         r     -       rw       -        -      r        r        raw
audit_samples         r     -       ra       -        -      r        r        r
audit_cursors         -     -       raw      -        -      -        -        -
feedback_days         -     -       raw      -        -      r        r        raw
drift_references      -     -       ra       -        -      -        r        ra
drift_days            -     -       raw      -        -      r        r        raw
first_opinions        ra    -       r        -        -      ra       r        r
preferences           -     -       -        -        -      raw      -        -
shared_keys           -     -       -        -        -      ra       -        -
rollout_steps         -     -       ra       -        -      ra       r        ra
shadow_verdicts       r     ra      r        -        -      r        r        r

appeals               raw   -       rw       -        -      r        r        r
appeal_evidence       ra    -       rd       -        -      r        r        r
erasures              ra    -       rw       -        -      -        r        ra
change_counters       raw   -       raw      -        -      -        r        r
kept_answers          rawd  -       rwd      -        -      -        -        -
allowances            rawd  -       rd       -        -      -        -        -

accounts              raw   -       -        -        -      raw      r        raw
api_tokens            rw    -       -        -        -      rw       -        raw
browser_sessions      rawd  -       d        -        -      rawd     -        rd
second_factors        rawd  -       -        -        -      rawd     -        rd
recovery_codes        rawd  -       -        -        -      rawd     -        rd
sign_in_attempts      rawd  -       d        -        -      rawd     -        rd
external_identities   ra    -       -        -        -      ra       -        ra
oidc_attempts         rawd  -       d        -        -      rawd     -        -

audit_entries         -     -       -        r        -      -        r        r
audit_pending         -     -       -        rd       -      -        r        r
audit_links           -     -       -        ra       -      -        r        r
audit_heads           -     -       -        ra       -      -        r        r
alembic_version       r     r       r        r        r      r        r        r
"""


_COLUMN_RIGHTS: Mapping[tuple[str, Role], tuple[str, ...]] = {
    # A statement of reasons says when a picture was uploaded and which bundle judged it, and no more of them.
    ("events", Role.RELAY): ("SELECT", "id", "received_at"),
    ("images", Role.RELAY): ("SELECT", "id", "created_at"),
    ("bundles", Role.RELAY): ("SELECT", "id", "name"),
    # The console counts the keys that sign and reads none; what it sends again is not what it says.
    ("webhook_keys", Role.CONSOLE): ("SELECT", "id", "endpoint_id", "retired_at"),
    ("outbox", Role.CONSOLE): ("UPDATE", "state", "not_before", "delivered_at", "last_error", "tried_before"),
    # An erasure takes a verdict its vector, and finds a picture's vectors without reading them.
    ("verdicts", Role.SWEEPER): ("UPDATE", "features_id"),
    # Vectors are deleted by age, and the drift of uploads is measured on samples of them.
    ("features", Role.SWEEPER): ("SELECT", "id", "image_id", "schema_id", "values", "created_at"),
    # What is over is found by when it ended, and nothing else of it is read.
    ("browser_sessions", Role.SWEEPER): ("SELECT", "id", "expires_at"),
    ("sign_in_attempts", Role.SWEEPER): ("SELECT", "key", "last_at"),
    ("oidc_attempts", Role.SWEEPER): ("SELECT", "state", "expires_at"),
}
"""What a role may do with single columns: the right, then the columns."""
FUNCTIONS: Mapping[str, Role] = {
    "make_partition(text, date, date)": Role.SWEEPER,
    "drop_partition(text, timestamptz)": Role.SWEEPER,
}
"""Functions that do with the owner's rights what a role may not do itself, and which role may call them."""


def _read(table: str) -> dict[str, dict[Role, tuple[str, ...]]]:
    rows = [line.split() for line in table.strip().splitlines()[1:] if line.strip()]
    return {name: dict(zip(_COLUMNS, map(_words, letters), strict=True)) for name, *letters in rows}


def _words(letters: str) -> tuple[str, ...]:
    return () if letters == "-" else tuple(_WORDS[letter] for letter in letters)


RIGHTS: Mapping[str, Mapping[Role, tuple[str, ...]]] = _read(_TABLE)
"""For each table, what each role may do with it."""


def existing(connection: Connection) -> frozenset[Role]:
    """The roles that there are in this cluster."""
    names = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
    return frozenset(role for role in Role if role.value in names)


def grant(connection: Connection) -> None:
    """Give the roles that exist their rights on the tables that exist, and take all others from them.

    Where there is but one role, ``artgate_worker``, it is an installation's role for everything, which
    ``migrations.one_role`` looks after: it is left as it is until the duties are divided.
    """
    roles = existing(connection) - {Role.MIGRATOR}
    if roles <= {Role.WORKER}:
        return
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    columns = _columns(connection)
    for role in sorted(roles):
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
        for table, rights in RIGHTS.items():
            if rights[role] and table in columns:
                connection.exec_driver_sql(f"GRANT {', '.join(rights[role])} ON TABLE {table} TO {role}")
            right, *wanted = _COLUMN_RIGHTS.get((table, role), ("",))
            if some := [column for column in wanted if column in columns.get(table, ())]:
                connection.exec_driver_sql(f"GRANT {right} ({', '.join(some)}) ON TABLE {table} TO {role}")
    for function, caller in FUNCTIONS.items():
        if connection.scalar(text("SELECT to_regprocedure(:function) IS NULL"), {"function": function}):
            continue
        for role in sorted(roles):
            direction = (
                "GRANT EXECUTE ON FUNCTION {} TO" if role is caller else "REVOKE ALL ON FUNCTION {} FROM"
            )
            connection.exec_driver_sql(f"{direction.format(function)} {role}")


def _columns(connection: Connection) -> dict[str, set[str]]:
    """The columns of each table at the revision that was reached."""
    found: dict[str, set[str]] = {}
    query = text(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    for table, column in connection.execute(query):
        found.setdefault(table, set()).add(column)
    return found

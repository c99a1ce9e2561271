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
webhook_attempts      -     -       -        -        rad    r        r        r
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
first_opinions        ra    -       r        -        -      ra       r        r
preferences           -     -       -        -        -      raw      -        -
shared_keys           -     -       -        -        -      ra       -        -
rollout_steps         -     -       ra       -        -      ra       r        ra
shadow_verdicts       r     ra      r        -        -      r        r        r

appeals               raw   -       rw       -        -      r        r        r
appeal_evidence       ra    -       rd       -        -      r        r        r
erasures              ra    -       rw       -        -      -        r        ra
change_counters       raw   -       -        -        -      -        r        r
kept_answers          rawd  -       rwd      -        -      -        -        -
allowances            rawd  -       rd       -        -      -        -        -

accounts              raw   -       -        -        -      raw      r        raw
api_tokens            rw    -       -        -        -      rw       -        raw
browser_sessions      rawd  -       -        -        -      rawd     -        rd
second_factors        rawd  -       -        -        -      rawd     -        rd
recovery_codes        rawd  -       -        -        -      rawd     -        rd
sign_in_attempts      rawd  -       -        -        -      rawd     -        rd
external_identities   ra    -       -        -        -      ra       -        ra
oidc_attempts         rawd  -       -        -        -      rawd     -        -

audit_entries         -     -       -        r        -      -        r        r
audit_pending         -     -       -        rd       -      -        r        r
audit_links           -     -       -        ra       -      -        r        r
audit_heads           -     -       -        ra       -      -        r        r
alembic_version       r     r       r        r        r      r        r        r
"""


_COLUMN_RIGHTS: Mapping[tuple[str, Role], str] = {
    # A statement of reasons says when a picture was uploaded and which bundle judged it, and no more of them.
    ("events", Role.RELAY): "SELECT (id, received_at)",
    ("images", Role.RELAY): "SELECT (id, created_at)",
    ("bundles", Role.RELAY): "SELECT (id, name)",
    # An erasure takes a verdict its vector, and finds a picture's vectors without reading them.
    ("verdicts", Role.SWEEPER): "UPDATE (features_id)",
    ("features", Role.SWEEPER): "SELECT (id, image_id)",
}
"""What a role may do with single columns."""


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
    ``grant_worker`` has looked after: it is left as it is until the duties are divided.
    """
    roles = existing(connection) - {Role.MIGRATOR}
    if roles <= {Role.WORKER}:
        return
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    present = set(
        connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
    )
    for role in sorted(roles):
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
        for table, rights in RIGHTS.items():
            if rights[role] and table in present:
                connection.exec_driver_sql(f"GRANT {', '.join(rights[role])} ON TABLE {table} TO {role}")
            if (table, role) in _COLUMN_RIGHTS and table in present:
                connection.exec_driver_sql(f"GRANT {_COLUMN_RIGHTS[table, role]} ON TABLE {table} TO {role}")

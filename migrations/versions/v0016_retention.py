"""The delivery log in a partition a week, an end to changes that are kept, and vectors found by their verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "retention"
down_revision = "rollouts"
branch_labels = None
depends_on = None

APART = {
    # A vector is deleted once no verdict points at it, which PostgreSQL looks up for each.
    "ix_verdicts_features_id": "verdicts (features_id) WHERE features_id IS NOT NULL",
    # What was told long ago is found without reading what waits, which may be everything.
    "ix_outbox_delivered": "outbox (delivered_at) WHERE state = 'delivered'",
}

_TIMESTAMP = sa.DateTime(timezone=True)
_INDEXES = {"endpoint_id": ["endpoint_id", "id"], "message_id": ["message_id", "id"], "at": ["at"]}
_WEEKS_AHEAD = 5
# Only the tables that are named here: whoever may call these functions may drop nothing else.
_PARTITIONED = "'webhook_attempts'"
_REFUSE_OTHERS = f"""
            IF parent NOT IN ({_PARTITIONED}) THEN
                RAISE EXCEPTION '% is not partitioned by weeks', parent USING ERRCODE = 'wrong_object_type';
            END IF;
"""
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET lock_timeout = '2s' AS"
_FUNCTIONS = {
    # Filled and checked before it is attached, so that the table itself is locked for a moment only.
    "make_partition(text, date, date)": f"""
        CREATE FUNCTION make_partition(parent text, first date, upto date) RETURNS boolean {_DEFINER} $$
        DECLARE
            made text := parent || '_' || to_char(first, 'YYYYMMDD');
            rest text := parent || '_rest';
            begins timestamptz := first::timestamp AT TIME ZONE 'UTC';
            ends timestamptz := upto::timestamp AT TIME ZONE 'UTC';
        BEGIN
            {_REFUSE_OTHERS}
            IF to_regclass(quote_ident(made)) IS NOT NULL THEN RETURN false; END IF;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', made, parent);
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', rest);
            EXECUTE format(
                'WITH moved AS (DELETE FROM %I WHERE at >= %L AND at < %L RETURNING *)'
                ' INSERT INTO %I SELECT * FROM moved', rest, begins, ends, made
            );
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, made, begins, ends
            );
            RETURN true;
        END $$
    """,
    "drop_partition(text, timestamptz)": f"""
        CREATE FUNCTION drop_partition(parent text, before timestamptz) RETURNS text {_DEFINER} $$
        DECLARE dropped text;
        BEGIN
            {_REFUSE_OTHERS}
            SELECT relname INTO dropped
              FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
             WHERE inhparent = to_regclass(quote_ident(parent))
               AND substring(pg_get_expr(relpartbound, pg_class.oid) FROM 'TO \\(''([^'']+)''\\)')::timestamptz
                   <= least(before, now() - interval '1 day')
             ORDER BY relname LIMIT 1;
            IF dropped IS NOT NULL THEN EXECUTE format('DROP TABLE %I', dropped); END IF;
            RETURN dropped;
        END $$
    """,
}


def upgrade() -> None:
    # With a constant default no row is written anew, and the release before does without the column.
    op.add_column(
        "change_counters",
        sa.Column("forgotten", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    # The log so far is put aside as it is, to be read until its time is over; the release before writes to
    # the new table, which has the old one's name, and reads what it wrote there.
    _rename("webhook_attempts", "webhook_attempts_before")
    _create_log()
    for statement in _FUNCTIONS.values():
        op.execute(sa.text(statement.replace(":", r"\:")))
    for signature in _FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(
        "SELECT make_partition('webhook_attempts', day, day + 7) FROM ("
        " SELECT CAST(date_trunc('week', now() AT TIME ZONE 'UTC') AS date) + 7 * n AS day"
        f" FROM generate_series(0, {_WEEKS_AHEAD}) n) weeks"
    )


def downgrade() -> None:
    for index in APART:
        op.execute(f"DROP INDEX IF EXISTS {index}")
    op.execute("INSERT INTO webhook_attempts_before OVERRIDING SYSTEM VALUE SELECT * FROM webhook_attempts")
    op.execute(
        "SELECT setval('webhook_attempts_before_id_seq', last_value, is_called) FROM webhook_attempts_id_seq"
    )
    op.drop_table("webhook_attempts")
    for signature in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    _rename("webhook_attempts_before", "webhook_attempts")
    op.drop_column("change_counters", "forgotten")


def _create_log() -> None:
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=True),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('delivered', 'failed', 'dead')", name=op.f("ck_webhook_attempts_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhook_endpoints.id"],
            name=op.f("fk_webhook_attempts_endpoint_id_webhook_endpoints"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_webhook_attempts")),
        postgresql_partition_by="RANGE (at)",
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_webhook_attempts_{name}", "webhook_attempts", columns)
    op.execute("CREATE TABLE webhook_attempts_rest PARTITION OF webhook_attempts DEFAULT")
    op.execute(
        "SELECT setval('webhook_attempts_id_seq', last_value, is_called) FROM webhook_attempts_before_id_seq"
    )


def _rename(old: str, new: str) -> None:
    """Rename the log with all that is named after it."""
    op.rename_table(old, new)
    op.execute(f"ALTER SEQUENCE {old}_id_seq RENAME TO {new}_id_seq")
    for constraint in ("pk_{}", "ck_{}_outcome", "fk_{}_endpoint_id_webhook_endpoints"):
        names = f"{constraint.format(old)} TO {constraint.format(new)}"
        op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT {names}")
    for index in _INDEXES:
        op.execute(f"ALTER INDEX ix_{old}_{index} RENAME TO ix_{new}_{index}")

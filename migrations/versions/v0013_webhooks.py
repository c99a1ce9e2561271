"""Webhook endpoints with their keys, what each is owed, and the log of deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "webhooks"
down_revision = "platform"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_NOW = sa.text("now()")
_WORKER = "artgate_worker"
_BEFORE = (
    "'allowances', 'appeal_evidence', 'browser_sessions', 'features', 'kept_answers', 'oidc_attempts', 'outbox',"
    " 'precedents', 'recovery_codes', 'second_factors', 'sign_in_attempts'"
)
_NEW = "'webhook_attempts', 'webhook_deliveries', 'webhook_endpoints', 'webhook_keys'"
# The function of the release before, with the tables that a worker's role may delete from left open.
_GRANT = """
    CREATE OR REPLACE FUNCTION grant_worker(worker name)
    RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    DECLARE
        target text;
        rights text;
    BEGIN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), worker);
        FOR target IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
            rights := CASE
                WHEN target IN ('audit_entries', 'alembic_version') THEN 'SELECT'
                WHEN target = 'audit_pending' THEN 'SELECT, DELETE'
                WHEN target IN ({erasable}) THEN 'SELECT, INSERT, UPDATE, DELETE'
                WHEN EXISTS (
                    SELECT FROM pg_trigger
                     WHERE tgrelid = target::regclass AND tgname = target || '_append_only'
                ) THEN 'SELECT, INSERT'
                ELSE 'SELECT, INSERT, UPDATE'
            END;
            EXECUTE format('REVOKE ALL ON TABLE %I FROM %I', target, worker);
            EXECUTE format('GRANT %s ON TABLE %I TO %I', rights, target, worker);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    # The default marks what is there as spread, at no cost; what comes from now on begins without a mark.
    op.add_column("outbox", sa.Column("spread_at", _TIMESTAMP, server_default=_NOW, nullable=True))
    op.alter_column("outbox", "spread_at", server_default=None)
    op.add_column(
        "outbox", sa.Column("tried_before", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_index(
        "ix_outbox_unspread", "outbox", ["position"], postgresql_where=sa.text("spread_at IS NULL")
    )
    _create_endpoints()
    _create_deliveries()
    _let_delete_from(f"{_BEFORE}, {_NEW}")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    _let_delete_from(_BEFORE)
    op.drop_table("webhook_attempts")
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_keys")
    op.drop_table("webhook_endpoints")
    op.drop_index("ix_outbox_unspread", "outbox")
    op.drop_column("outbox", "tried_before")
    op.drop_column("outbox", "spread_at")


def _create_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("networks", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("disabled_at", _TIMESTAMP, nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("rest_until", _TIMESTAMP, nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "name ~ '^[a-z0-9][a-z0-9_-]{0,62}$'", name=op.f("ck_webhook_endpoints_name_form")
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_webhook_endpoints_failures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_endpoints_name")),
    )
    op.create_table(
        "webhook_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.Column("retired_at", _TIMESTAMP, nullable=True),
        _of_endpoint("webhook_keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_keys")),
    )
    op.create_index("ix_webhook_keys_endpoint_id", "webhook_keys", ["endpoint_id"])


def _create_deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tried_before", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.Column("delivered_at", _TIMESTAMP, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'delivered', 'dead')", name=op.f("ck_webhook_deliveries_state")
        ),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)",
            name=op.f("ck_webhook_deliveries_delivered_at"),
        ),
        _of_endpoint("webhook_deliveries"),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox.id"],
            name=op.f("fk_webhook_deliveries_message_id_outbox"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("endpoint_id", "message_id", name=op.f("pk_webhook_deliveries")),
    )
    indexes = {
        "due": (["endpoint_id", "not_before", "position"], "state = 'pending'"),
        "heads": (["endpoint_id", "lane", "position"], "state = 'pending'"),
        "dead": (["endpoint_id", "position"], "state = 'dead'"),
        "delivered": (["delivered_at"], "state = 'delivered'"),
    }
    for name, (columns, where) in indexes.items():
        op.create_index(
            f"ix_webhook_deliveries_{name}", "webhook_deliveries", columns, postgresql_where=sa.text(where)
        )
    op.create_index("ix_webhook_deliveries_message_id", "webhook_deliveries", ["message_id"])
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
        sa.Column("at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('delivered', 'failed', 'dead')", name=op.f("ck_webhook_attempts_outcome")
        ),
        _of_endpoint("webhook_attempts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
    )
    op.create_index("ix_webhook_attempts_endpoint_id", "webhook_attempts", ["endpoint_id", "id"])
    op.create_index("ix_webhook_attempts_message_id", "webhook_attempts", ["message_id", "id"])
    op.create_index("ix_webhook_attempts_at", "webhook_attempts", ["at"])


def _of_endpoint(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["endpoint_id"],
        ["webhook_endpoints.id"],
        name=op.f(f"fk_{table}_endpoint_id_webhook_endpoints"),
        ondelete="CASCADE",
    )


def _let_delete_from(tables: str) -> None:
    statement = _GRANT.format(erasable=tables)
    op.execute(sa.text(statement.replace(":", r"\:")))

"""Statements of reasons that were exported; verdicts drawn by lot, and the figures of each day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "feedback"
down_revision = "webhooks"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_NOW = sa.text("now()")
_WORKER = "artgate_worker"


def upgrade() -> None:
    op.create_table(
        "statement_batches",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("made_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.Column("written_at", _TIMESTAMP, nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_statement_batches")),
    )
    op.create_index(
        "ix_statement_batches_unwritten",
        "statement_batches",
        ["number"],
        postgresql_where=sa.text("written_at IS NULL"),
    )
    op.create_table(
        "statement_exports",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", _TIMESTAMP, nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch"], ["statement_batches.number"], name=op.f("fk_statement_exports_batch_statement_batches")
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_statement_exports")),
    )
    op.create_index("ix_statement_exports_batch", "statement_exports", ["batch", "place"])
    _create_feedback()
    op.create_index(
        "ix_verdicts_confident",
        "verdicts",
        ["created_at", "id"],
        postgresql_where=sa.text("label IN ('GENUINE', 'SYNTHETIC') AND origin = 'scan'"),
    )
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def _create_feedback() -> None:
    op.create_table(
        "audit_samples",
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "label IN ('GENUINE', 'UNCERTAIN', 'SYNTHETIC')", name=op.f("ck_audit_samples_label")
        ),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_audit_samples_share")),
        sa.ForeignKeyConstraint(["item_id"], ["review_items.id"], name=op.f("fk_audit_samples_item_id_review_items")),
        sa.ForeignKeyConstraint(["verdict_id"], ["verdicts.id"], name=op.f("fk_audit_samples_verdict_id_verdicts")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_audit_samples")),
    )
    op.create_index("uq_audit_samples_item_id", "audit_samples", ["item_id"], unique=True)
    op.create_table(
        "audit_cursors",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upto", _TIMESTAMP, nullable=False),
        sa.Column("last_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_cursors_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_cursors")),
    )
    op.create_table(
        "feedback_days",
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("measured_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_feedback_days_bundle_id_bundles")),
        sa.PrimaryKeyConstraint("bundle_id", "day", name=op.f("pk_feedback_days")),
    )


def downgrade() -> None:
    op.drop_index("ix_verdicts_confident", "verdicts")
    op.drop_table("feedback_days")
    op.drop_table("audit_cursors")
    op.drop_table("audit_samples")
    op.drop_table("statement_exports")
    op.drop_table("statement_batches")

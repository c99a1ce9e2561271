"""Statements of reasons: which were exported, and in which batch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "statements"
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
    op.create_index(
        "ix_verdicts_accusing",
        "verdicts",
        ["created_at", "id"],
        postgresql_where=sa.text("label = 'SYNTHETIC' AND origin = 'scan'"),
    )
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    op.drop_index("ix_verdicts_accusing", "verdicts")
    op.drop_table("statement_exports")
    op.drop_table("statement_batches")

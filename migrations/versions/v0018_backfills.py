"""Backfills that can rest, that measure pictures anew, and that count those that are gone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "backfills"
down_revision = "drift"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("backfills", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "backfills", sa.Column("measures", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "backfills", sa.Column("measured", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("backfills", sa.Column("gone", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.create_check_constraint(op.f("ck_backfills_measuring_counts"), "backfills", "measured >= 0 AND gone >= 0")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_backfills_measuring_counts"), "backfills")
    for column in ("gone", "measured", "measures", "paused_at"):
        op.drop_column("backfills", column)

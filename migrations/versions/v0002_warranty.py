"""Verdicts carry the measured error rate that applies to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Null in every row that there is, so nothing is rewritten and the release before writes on as it did.
    op.add_column(
        "verdicts", sa.Column("warranty", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("verdicts", "warranty")

"""Traces: where the trace of an event, and of a message to the platform, goes on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "traces"
down_revision = "appeals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("trace", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("trace", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "trace")
    op.drop_column("events", "trace")

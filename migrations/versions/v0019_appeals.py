"""Deadlines of appeals, when an item was opened again, and what an erasure or an overturning looks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "appeals"
down_revision = "backfills"
branch_labels = None
depends_on = None

APART = {
    "ix_appeals_due_at": "appeals (due_at) WHERE late IS NULL",
    "ix_decisions_later_rounds": "decisions (told_from) WHERE round > 1 AND settles",
    "ix_review_items_appealed_by": "review_items USING gin (appealed_by) WHERE appealed_by <> '{}'::text[]",
    "ix_kept_answers_about": "kept_answers ((body ->> 'id'))",
}

_TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Columns that the release before can do without: it writes on.
    op.add_column("review_items", sa.Column("reopened_at", _TIMESTAMP, nullable=True))
    op.add_column(
        "review_items",
        sa.Column(
            "asked_again", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column("appeals", sa.Column("late", sa.Boolean(), nullable=True))


def downgrade() -> None:
    for index in APART:
        op.execute(f"DROP INDEX IF EXISTS {index}")
    op.drop_column("appeals", "late")
    op.drop_column("review_items", "asked_again")
    op.drop_column("review_items", "reopened_at")

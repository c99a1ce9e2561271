"""Deadlines of appeals, when an item was opened again, and what an erasure or an overturning looks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "appeals"
down_revision = "rollouts"
branch_labels = None
depends_on = None

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
    op.create_index("ix_appeals_due_at", "appeals", ["due_at"], postgresql_where=sa.text("late IS NULL"))
    op.create_index(
        "ix_decisions_later_rounds",
        "decisions",
        ["told_from"],
        postgresql_where=sa.text("round > 1 AND settles"),
    )
    op.create_index(
        "ix_review_items_appealed_by",
        "review_items",
        ["appealed_by"],
        postgresql_using="gin",
        postgresql_where=sa.text("appealed_by <> '{}'::text[]"),
    )
    op.create_index("ix_kept_answers_about", "kept_answers", [sa.text("(body ->> 'id')")])


def downgrade() -> None:
    op.drop_index("ix_kept_answers_about", "kept_answers")
    op.drop_index("ix_review_items_appealed_by", "review_items")
    op.drop_index("ix_decisions_later_rounds", "decisions")
    op.drop_index("ix_appeals_due_at", "appeals")
    op.drop_column("appeals", "late")
    op.drop_column("review_items", "asked_again")
    op.drop_column("review_items", "reopened_at")

"""Indexes for the pages of figures: decisions, opinions, closed items and verdicts by their moments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_figures"
down_revision = "shared_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_decisions_created_at", "decisions", ["created_at"], unique=False)
    op.create_index("ix_first_opinions_created_at", "first_opinions", ["created_at"], unique=False)
    op.create_index(
        "ix_review_items_closed_at",
        "review_items",
        ["closed_at"],
        unique=False,
        postgresql_where=sa.text("state = 'decided'"),
    )
    op.create_index(
        "ix_verdicts_bundle_id_created_at", "verdicts", ["bundle_id", "created_at"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_verdicts_bundle_id_created_at", "verdicts")
    op.drop_index("ix_review_items_closed_at", "review_items")
    op.drop_index("ix_first_opinions_created_at", "first_opinions")
    op.drop_index("ix_decisions_created_at", "decisions")

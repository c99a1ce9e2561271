"""Keys that the processes of one installation share, and what an uploader's history is found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "shared_keys"
down_revision = "0009"
branch_labels = None
depends_on = None

_WORKER = "artgate_worker"


def upgrade() -> None:
    # A new table alone: the release before neither reads nor writes it.
    op.create_table(
        "shared_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(value) = 32", name=op.f("ck_shared_keys_value_length")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shared_keys")),
    )
    op.create_index(
        "ix_images_uploader", "images", ["uploader", "id"], postgresql_where=sa.text("uploader IS NOT NULL")
    )
    op.create_index(
        "ix_events_refused_of",
        "events",
        ["uploader", "id"],
        postgresql_where=sa.text("state = 'refused' AND uploader IS NOT NULL"),
    )
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    op.drop_index("ix_events_refused_of", "events")
    op.drop_index("ix_images_uploader", "images")
    op.drop_table("shared_keys")

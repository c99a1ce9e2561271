"""How far uploads drift from the first week of a bundle: what is compared with, and each day's figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "drift"
down_revision = "retention"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_NOW = sa.text("now()")
_WORKER = "artgate_worker"


def upgrade() -> None:
    op.create_table(
        "drift_references",
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("schema_id", sa.Text(), nullable=True),
        sa.Column("begins_at", _TIMESTAMP, nullable=False),
        sa.Column("ends_at", _TIMESTAMP, nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("vectors", sa.Integer(), nullable=False),
        sa.Column("parts", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_drift_references_period")),
        sa.CheckConstraint("scans > 0 AND vectors >= 0", name=op.f("ck_drift_references_counts")),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_drift_references_bundle_id_bundles")),
        sa.PrimaryKeyConstraint("bundle_id", name=op.f("pk_drift_references")),
    )
    op.create_table(
        "drift_days",
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("measured_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_drift_days_bundle_id_bundles")),
        sa.PrimaryKeyConstraint("bundle_id", "day", name=op.f("pk_drift_days")),
    )
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    op.drop_table("drift_days")
    op.drop_table("drift_references")

"""Decisions that cover near-duplicates: what they cite, what they are found by, and who made them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WORKER = "artgate_worker"
_AUDIT = """
CREATE OR REPLACE FUNCTION audit_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_write('decided', NEW.item_id, jsonb_build_object(
        'id', NEW.id, 'image_id', NEW.image_id, 'reviewer', audit_pseudonym(NEW.moderator),
        'label', NEW.label, 'stage', NEW.stage, 'round', NEW.round, 'settles', NEW.settles,
        'told_from', audit_time(NEW.told_from), 'lease_number', NEW.lease_number,
        'note', audit_note(NEW.note_id), 'created_at', audit_time(NEW.created_at){more}
    ));
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("images", sa.Column("hash_contrast", sa.Double(), nullable=True))
    op.add_column("decisions", sa.Column("cited_id", sa.Uuid(), nullable=True))
    op.add_column(
        "decisions", sa.Column("automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_decisions_automatic_only_clears"),
        "decisions",
        "NOT automatic OR (label = 'GENUINE' AND cited_id IS NOT NULL)",
    )
    op.create_foreign_key(
        op.f("fk_decisions_cited_id_decisions"), "decisions", "decisions", ["cited_id"], ["id"]
    )
    op.create_index(
        "ix_decisions_cited_id",
        "decisions",
        ["cited_id"],
        unique=False,
        postgresql_where=sa.text("cited_id IS NOT NULL"),
    )
    op.add_column(
        "review_items", sa.Column("near_sought", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_index(
        "ix_review_items_near_sought",
        "review_items",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'open' AND NOT near_sought"),
    )
    op.create_table(
        "precedents",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("bands", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_precedents_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_precedents")),
    )
    op.create_index("ix_precedents_bands", "precedents", ["bands"], unique=False, postgresql_using="gin")
    op.create_table(
        "resemblances",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_items.id"], name=op.f("fk_resemblances_item_id_review_items")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_resemblances_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_resemblances")),
    )
    _audit(more=", 'cited_id', NEW.cited_id, 'automatic', NEW.automatic")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    _audit(more="")
    op.drop_table("resemblances")
    op.drop_table("precedents")
    op.drop_index("ix_review_items_near_sought", "review_items")
    op.drop_column("review_items", "near_sought")
    op.drop_index("ix_decisions_cited_id", "decisions")
    op.drop_constraint(op.f("fk_decisions_cited_id_decisions"), "decisions")
    op.drop_constraint(op.f("ck_decisions_automatic_only_clears"), "decisions")
    op.drop_column("decisions", "automatic")
    op.drop_column("decisions", "cited_id")
    op.drop_column("images", "hash_contrast")


def _audit(*, more: str) -> None:
    statement = _AUDIT.format(more=more)
    op.execute(sa.text(statement.replace(":", r"\:")))

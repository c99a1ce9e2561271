"""What the console keeps: first opinions, grounds of decisions, and moderators' preferences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "access_accounts"
branch_labels = None
depends_on = None

_WORKER = "artgate_worker"
_TIMESTAMP = sa.DateTime(timezone=True)
_GROUNDS = (
    "'process', 'handwork', 'camera', 'offered_evidence', 'anatomy', 'lettering', 'texture', 'light',"
    " 'generator_trace', 'stated', 'too_poor', 'edited', 'no_signs'"
)
_DECISION = """
CREATE OR REPLACE FUNCTION audit_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_write('decided', NEW.item_id, jsonb_build_object(
        'id', NEW.id, 'image_id', NEW.image_id, 'reviewer', audit_pseudonym(NEW.moderator),
        'label', NEW.label, 'stage', NEW.stage, 'round', NEW.round, 'settles', NEW.settles,
        'told_from', audit_time(NEW.told_from), 'lease_number', NEW.lease_number,
        'note', audit_note(NEW.note_id), 'created_at', audit_time(NEW.created_at),
        'cited_id', NEW.cited_id, 'automatic', NEW.automatic{more}
    ));
    RETURN NULL;
END $$
"""
_OPINION = """
CREATE FUNCTION audit_first_opinion() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_write('first_opinion', NEW.item_id, jsonb_build_object(
        'id', NEW.id, 'reviewer', audit_pseudonym(NEW.reviewer), 'label', NEW.label, 'round', NEW.round,
        'lease_number', NEW.lease_number, 'created_at', audit_time(NEW.created_at)
    ));
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("decisions", sa.Column("ground", sa.Text(), nullable=True))
    # Added without a look at the rows that are there, which are all null, and then looked at without a lock.
    name = op.f("ck_decisions_ground")
    op.create_check_constraint(name, "decisions", f"ground IN ({_GROUNDS})", postgresql_not_valid=True)
    op.execute(f"ALTER TABLE decisions VALIDATE CONSTRAINT {name}")
    op.create_index("ix_decisions_moderator", "decisions", ["moderator", "created_at"], unique=False)
    op.create_index(
        "ix_review_items_claimed_by",
        "review_items",
        ["claimed_by"],
        unique=False,
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_table(
        "first_opinions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("lease_number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "label IN ('GENUINE', 'SYNTHETIC', 'CANNOT_TELL')", name=op.f("ck_first_opinions_label")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_items.id"], name=op.f("fk_first_opinions_item_id_review_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_opinions")),
        sa.UniqueConstraint("item_id", "reviewer", "round", name=op.f("uq_first_opinions_item_id_reviewer_round")),
    )
    op.create_table(
        "preferences",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("blur", sa.Text(), server_default=sa.text("'flagged'"), nullable=False),
        sa.Column("greyscale", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("takes_next", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("single_keys", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("break_minutes", sa.Integer(), server_default=sa.text("50"), nullable=False),
        sa.CheckConstraint("blur IN ('always', 'flagged', 'never')", name=op.f("ck_preferences_blur")),
        sa.CheckConstraint("break_minutes BETWEEN 0 AND 240", name=op.f("ck_preferences_break_minutes")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_preferences_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_preferences")),
    )
    op.execute(
        "CREATE TRIGGER first_opinions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON first_opinions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    _replace(_DECISION.format(more=", 'ground', NEW.ground"))
    _replace(_OPINION)
    op.execute("REVOKE ALL ON FUNCTION audit_first_opinion() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER audit_opined AFTER INSERT ON first_opinions"
        " FOR EACH ROW EXECUTE FUNCTION audit_first_opinion()"
    )
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    _replace(_DECISION.format(more=""))
    op.drop_table("preferences")
    op.drop_table("first_opinions")
    op.execute("DROP FUNCTION audit_first_opinion()")
    op.drop_index("ix_review_items_claimed_by", "review_items")
    op.drop_index("ix_decisions_moderator", "decisions")
    op.drop_constraint(op.f("ck_decisions_ground"), "decisions")
    op.drop_column("decisions", "ground")


def _replace(statement: str) -> None:
    op.execute(sa.text(statement.replace(":", r"\:")))

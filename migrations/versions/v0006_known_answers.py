"""Pictures whose answer is known, items that ask for it, and items whose second opinion is a measurement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_WORKER = "artgate_worker"
_AUDIT = """
CREATE FUNCTION audit_known_answer() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM audit_write('known_answer', NULL, jsonb_build_object(
        'id', NEW.id, 'image_id', NEW.image_id, 'label', NEW.label, 'retired_at', audit_time(NEW.retired_at)
    ));
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "known_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("retired_at", _TIMESTAMP, nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("label IN ('GENUINE', 'SYNTHETIC')", name=op.f("ck_known_answers_label")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_known_answers_image_id_images")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_known_answers_verdict_id_verdicts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_answers")),
        sa.UniqueConstraint("image_id", name=op.f("uq_known_answers_image_id")),
    )
    op.add_column("review_items", sa.Column("known_answer_id", sa.Uuid(), nullable=True))
    op.add_column(
        "review_items", sa.Column("measured", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_review_items_known_answer_id_known_answers"),
        "review_items",
        "known_answers",
        ["known_answer_id"],
        ["id"],
    )
    # One question for each verdict, but for those whose answer is known.
    op.drop_constraint(op.f("uq_review_items_verdict_id"), "review_items")
    op.create_index(
        "uq_review_items_verdict_id",
        "review_items",
        ["verdict_id"],
        unique=True,
        postgresql_where=sa.text("known_answer_id IS NULL"),
    )
    op.create_index(
        "ix_review_items_known_answer_id",
        "review_items",
        ["known_answer_id"],
        unique=False,
        postgresql_where=sa.text("known_answer_id IS NOT NULL"),
    )
    op.execute(_AUDIT)
    op.execute("REVOKE ALL ON FUNCTION audit_known_answer() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER audit_known AFTER INSERT OR UPDATE ON known_answers"
        " FOR EACH ROW EXECUTE FUNCTION audit_known_answer()"
    )
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    op.drop_index("ix_review_items_known_answer_id", "review_items")
    op.drop_index("uq_review_items_verdict_id", "review_items")
    op.create_unique_constraint(op.f("uq_review_items_verdict_id"), "review_items", ["verdict_id"])
    op.drop_constraint(op.f("fk_review_items_known_answer_id_known_answers"), "review_items")
    op.drop_column("review_items", "measured")
    op.drop_column("review_items", "known_answer_id")
    op.drop_table("known_answers")
    op.execute("DROP FUNCTION audit_known_answer()")

"""Decisions that need a second reviewer or a senior one, that can be taken back, and rounds after an appeal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_STAGES = "stage IN ('first', 'second', 'senior')"


def upgrade() -> None:
    for table in ("review_items", "decisions"):
        # What the release before decides is a first opinion that settles its item.
        op.add_column(table, sa.Column("stage", sa.Text(), server_default=sa.text("'first'"), nullable=False))
        op.add_column(table, sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False))
        op.create_check_constraint(op.f(f"ck_{table}_stage"), table, _STAGES)
    op.add_column(
        "decisions", sa.Column("settles", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    op.add_column("decisions", sa.Column("told_from", _TIMESTAMP, nullable=True))
    op.add_column("decisions", sa.Column("note_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_decisions_note_id_notes"), "decisions", "notes", ["note_id"], ["id"])
    op.create_table(
        "retractions",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_retractions_decision_id_decisions")
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_retractions")),
    )
    op.execute(
        "CREATE TRIGGER retractions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON retractions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("retractions")
    op.drop_constraint(op.f("fk_decisions_note_id_notes"), "decisions")
    for column in ("note_id", "told_from", "settles"):
        op.drop_column("decisions", column)
    for table in ("decisions", "review_items"):
        op.drop_constraint(op.f(f"ck_{table}_stage"), table)
        op.drop_column(table, "round")
        op.drop_column(table, "stage")

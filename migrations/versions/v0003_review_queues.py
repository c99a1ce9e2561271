"""Several review queues, the policy that routes to them, reviewers' skills, and items set aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_APPEND_ONLY = ("review_policies", "review_acts")
_NEW_COLUMNS = (
    "queue",
    "routed_by",
    "due_at",
    "language",
    "reach",
    "reports",
    "appealed_by",
    "available_at",
    "assigned_to",
    "assigned_until",
)
_WAITING = "state IN ('open', 'claimed')"


def upgrade() -> None:
    _extend_items()
    op.create_table(
        "review_policies",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_review_policies")),
    )
    op.create_table(
        "reviewers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("accounts", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("senior", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_reviewers_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reviewers")),
        sa.UniqueConstraint("pseudonym", name=op.f("uq_reviewers_pseudonym")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(body IS NULL) = (salt IS NULL)", name=op.f("ck_notes_erased_as_a_whole")),
        sa.CheckConstraint("octet_length(salt) = 32", name=op.f("ck_notes_salt_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    _create_acts()
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("review_acts")
    op.drop_table("notes")
    op.drop_table("reviewers")
    op.drop_table("review_policies")
    op.drop_index("ix_review_items_assigned_to", "review_items")
    op.drop_index("ix_review_items_routed_by", "review_items")
    op.drop_constraint(op.f("ck_review_items_assignment_ends"), "review_items")
    op.drop_constraint(op.f("ck_review_items_signals"), "review_items")
    for column in reversed(_NEW_COLUMNS):
        op.drop_column("review_items", column)


def _extend_items() -> None:
    op.add_column("review_items", sa.Column("queue", sa.Text(), server_default=sa.text("'main'"), nullable=False))
    op.add_column("review_items", sa.Column("routed_by", sa.Integer(), nullable=True))
    op.add_column("review_items", sa.Column("due_at", _TIMESTAMP, nullable=True))
    op.add_column("review_items", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("review_items", sa.Column("reach", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("review_items", sa.Column("reports", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("review_items", sa.Column("appealed_by", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("review_items", sa.Column("available_at", _TIMESTAMP, nullable=True))
    op.add_column("review_items", sa.Column("assigned_to", sa.Text(), nullable=True))
    op.add_column("review_items", sa.Column("assigned_until", _TIMESTAMP, nullable=True))
    op.create_check_constraint(op.f("ck_review_items_signals"), "review_items", "reach >= 0 AND reports >= 0")
    op.create_check_constraint(
        op.f("ck_review_items_assignment_ends"),
        "review_items",
        "(assigned_to IS NULL) = (assigned_until IS NULL)",
    )
    op.create_index(
        "ix_review_items_routed_by",
        "review_items",
        ["routed_by", "id"],
        unique=False,
        postgresql_where=sa.text(_WAITING),
    )
    op.create_index(
        "ix_review_items_assigned_to",
        "review_items",
        ["assigned_to"],
        unique=False,
        postgresql_where=sa.text(f"assigned_to IS NOT NULL AND {_WAITING}"),
    )


def _create_acts() -> None:
    op.create_table(
        "review_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lease_number", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("until", _TIMESTAMP, nullable=True),
        sa.Column("note_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('skip', 'hold', 'hand_over', 'escalate')", name=op.f("ck_review_acts_kind")),
        sa.CheckConstraint(
            "kind <> 'hand_over' OR recipient IS NOT NULL",
            name=op.f("ck_review_acts_hand_over_has_recipient"),
        ),
        sa.CheckConstraint("kind <> 'hold' OR until IS NOT NULL", name=op.f("ck_review_acts_hold_has_end")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_items.id"], name=op.f("fk_review_acts_item_id_review_items")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_review_acts_note_id_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_acts")),
    )
    op.create_index("ix_review_acts_item_id", "review_acts", ["item_id", "reviewer"], unique=False)

"""Roll-outs of bundles: shares of traffic, holds, steps with who answers for them, and shadow verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "rollouts"
down_revision = "feedback"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_JSON = postgresql.JSONB(astext_type=sa.Text())
_STATES = "('candidate', 'shadow', 'canary', 'active', 'retired')"
_LABELS = "('GENUINE', 'UNCERTAIN', 'SYNTHETIC')"
_ACTIONS = (
    "('shadow', 'canary', 'promote', 'activate', 'hold', 'release', 'retire', 'roll_back', 'replace', 'restore')"
)
_WORKER = "artgate_worker"
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS"
_FUNCTIONS = {
    "audit_rollout()": f"""
        CREATE FUNCTION audit_rollout() RETURNS trigger {_DEFINER} $$
        BEGIN
            PERFORM audit_write('rollout', NULL, jsonb_build_object(
                'number', NEW.number, 'bundle_id', NEW.bundle_id, 'action', NEW.action,
                'from_state', NEW.from_state, 'to_state', NEW.to_state, 'share', NEW.share,
                'person', audit_pseudonym(NEW.person), 'finding', NEW.finding,
                'note', audit_note(NEW.note_id), 'created_at', audit_time(NEW.created_at)
            ));
            RETURN NULL;
        END $$
    """,
    "audit_bundle()": f"""
        CREATE FUNCTION audit_bundle() RETURNS trigger {_DEFINER} $$
        BEGIN
            PERFORM audit_write('bundle', NULL, jsonb_build_object(
                'id', NEW.id, 'state', NEW.state, 'share', NEW.share, 'held_at', audit_time(NEW.held_at)
            ));
            RETURN NULL;
        END $$
    """,
}


def upgrade() -> None:
    op.add_column("bundles", sa.Column("share", sa.Double(), nullable=True))
    op.add_column("bundles", sa.Column("held_at", _TIMESTAMP, nullable=True))
    # Nothing was ever put on trial before: what says so was written by hand.
    op.execute("UPDATE bundles SET state = 'candidate' WHERE state IN ('shadow', 'canary')")
    op.create_check_constraint(op.f("ck_bundles_share"), "bundles", "share > 0 AND share <= 1")
    op.create_check_constraint(
        op.f("ck_bundles_share_in_trial"), "bundles", "(state IN ('shadow', 'canary')) = (share IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_bundles_held_is_shadow"), "bundles", "held_at IS NULL OR state = 'shadow'"
    )
    op.create_index(
        "uq_bundles_trial_name",
        "bundles",
        ["name"],
        unique=True,
        postgresql_where=sa.text("state IN ('shadow', 'canary')"),
    )
    _create_tables()
    op.execute(
        "CREATE TRIGGER rollout_steps_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rollout_steps"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    for statement in _FUNCTIONS.values():
        op.execute(sa.text(statement.replace(":", r"\:")))
    op.execute(
        "CREATE TRIGGER audit_rolled AFTER INSERT ON rollout_steps"
        " FOR EACH ROW EXECUTE FUNCTION audit_rollout()"
    )
    op.execute(
        "CREATE TRIGGER audit_bundle_moved AFTER UPDATE ON bundles FOR EACH ROW WHEN ("
        "(OLD.state, OLD.share, OLD.held_at) IS DISTINCT FROM (NEW.state, NEW.share, NEW.held_at))"
        " EXECUTE FUNCTION audit_bundle()"
    )
    for signature in _FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_bundle_moved ON bundles")
    op.execute("DROP TRIGGER audit_rolled ON rollout_steps")
    for signature in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    op.drop_table("shadow_verdicts")
    op.drop_table("rollout_steps")
    op.drop_index("uq_bundles_trial_name", "bundles")
    op.drop_constraint(op.f("ck_bundles_held_is_shadow"), "bundles")
    op.drop_constraint(op.f("ck_bundles_share_in_trial"), "bundles")
    op.drop_constraint(op.f("ck_bundles_share"), "bundles")
    op.drop_column("bundles", "held_at")
    op.drop_column("bundles", "share")


def _create_tables() -> None:
    op.create_table(
        "rollout_steps",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("finding", _JSON, nullable=True),
        sa.Column("note_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"action IN {_ACTIONS}", name=op.f("ck_rollout_steps_action")),
        sa.CheckConstraint(f"from_state IN {_STATES}", name=op.f("ck_rollout_steps_from_state")),
        sa.CheckConstraint(f"to_state IN {_STATES}", name=op.f("ck_rollout_steps_to_state")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_rollout_steps_share")),
        sa.CheckConstraint(
            "action = 'hold' OR (person IS NOT NULL AND note_id IS NOT NULL)",
            name=op.f("ck_rollout_steps_named_and_reasoned"),
        ),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_rollout_steps_bundle_id_bundles")
        ),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name=op.f("fk_rollout_steps_note_id_notes")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_rollout_steps")),
    )
    op.create_index("ix_rollout_steps_bundle_id", "rollout_steps", ["bundle_id", "number"], unique=False)
    op.create_table(
        "shadow_verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_before_veto", sa.Text(), nullable=False),
        sa.Column("raw", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("veto_probability", sa.Double(), nullable=True),
        sa.Column("runtime", sa.Text(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("shared_vector", sa.Boolean(), nullable=False),
        sa.Column("stage_ms", _JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"label IN {_LABELS}", name=op.f("ck_shadow_verdicts_label")),
        sa.CheckConstraint(
            f"label_before_veto IN {_LABELS}", name=op.f("ck_shadow_verdicts_label_before_veto")
        ),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["bundles.id"], name=op.f("fk_shadow_verdicts_bundle_id_bundles")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_shadow_verdicts_image_id_images")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_shadow_verdicts_verdict_id_verdicts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_verdicts")),
        sa.UniqueConstraint("image_id", "bundle_id", name=op.f("uq_shadow_verdicts_image_id_bundle_id")),
    )
    op.create_index(
        "ix_shadow_verdicts_bundle_id_created_at", "shadow_verdicts", ["bundle_id", "created_at"], unique=False
    )
    op.create_index("ix_shadow_verdicts_verdict_id", "shadow_verdicts", ["verdict_id"], unique=False)

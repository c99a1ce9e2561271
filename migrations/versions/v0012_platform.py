"""Changes that can be asked for, answers kept for second tries, appeals with evidence, erasures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "platform"
down_revision = "0011_figures"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_NOW = sa.text("now()")
_WORKER = "artgate_worker"
_BEFORE = (
    "'browser_sessions', 'oidc_attempts', 'outbox', 'recovery_codes', 'second_factors', 'sign_in_attempts'"
)
_NEW = "'allowances', 'appeal_evidence', 'features', 'kept_answers', 'precedents'"
# The function of the release before, with the tables that a worker's role may delete from left open.
_GRANT = """
    CREATE OR REPLACE FUNCTION grant_worker(worker name)
    RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
    DECLARE
        target text;
        rights text;
    BEGIN
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), worker);
        FOR target IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
            rights := CASE
                WHEN target IN ('audit_entries', 'alembic_version') THEN 'SELECT'
                WHEN target = 'audit_pending' THEN 'SELECT, DELETE'
                WHEN target IN ({erasable}) THEN 'SELECT, INSERT, UPDATE, DELETE'
                WHEN EXISTS (
                    SELECT FROM pg_trigger
                     WHERE tgrelid = target::regclass AND tgname = target || '_append_only'
                ) THEN 'SELECT, INSERT'
                ELSE 'SELECT, INSERT, UPDATE'
            END;
            EXECUTE format('REVOKE ALL ON TABLE %I FROM %I', target, worker);
            EXECUTE format('GRANT %s ON TABLE %I TO %I', rights, target, worker);
        END LOOP;
    END $$
"""

_AUDIT = """
    CREATE FUNCTION audit_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path FROM CURRENT AS $$
    BEGIN
        PERFORM audit_write('erasure', NULL, jsonb_build_object(
            'id', NEW.id, 'scope', NEW.scope, 'state', NEW.state, 'erased', NEW.erased,
            'asked_by', audit_pseudonym(NEW.asked_by), 'finished_at', audit_time(NEW.finished_at)
        ));
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    # Columns without a default, and new tables: the release before writes on without them.
    op.add_column("outbox", sa.Column("told_from", _TIMESTAMP, nullable=True))
    op.add_column("outbox", sa.Column("number", sa.BigInteger(), nullable=True))
    op.create_index(
        "uq_outbox_number", "outbox", ["number"], unique=True, postgresql_where=sa.text("number IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_unnumbered", "outbox", ["position"], postgresql_where=sa.text("number IS NULL")
    )
    op.create_index("ix_outbox_subject", "outbox", ["subject", "position"])
    op.add_column("images", sa.Column("erased_at", _TIMESTAMP, nullable=True))
    op.create_index(
        "ix_events_uploader", "events", ["uploader", "id"], postgresql_where=sa.text("uploader IS NOT NULL")
    )
    op.alter_column("verdicts", "features_id", nullable=True)
    _create_requests()
    _create_appeals()
    _create_erasures()
    op.execute(sa.text(_AUDIT.replace(":", r"\:")))
    op.execute("REVOKE ALL ON FUNCTION audit_erasure() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER audit_erased AFTER INSERT OR UPDATE OF state ON erasures"
        " FOR EACH ROW EXECUTE FUNCTION audit_erasure()"
    )
    _let_delete_from(f"{_NEW}, {_BEFORE}")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    _let_delete_from(_BEFORE)
    op.drop_table("erasures")
    op.execute("DROP FUNCTION audit_erasure()")
    op.drop_table("appeal_evidence")
    op.drop_table("appeals")
    op.drop_table("change_counters")
    op.drop_table("allowances")
    op.drop_table("kept_answers")
    _give_erased_pictures_an_empty_vector()
    op.alter_column("verdicts", "features_id", nullable=False)
    op.drop_index("ix_events_uploader", "events")
    op.drop_column("images", "erased_at")
    op.drop_index("ix_outbox_subject", "outbox")
    op.drop_index("ix_outbox_unnumbered", "outbox")
    op.drop_index("uq_outbox_number", "outbox")
    op.drop_column("outbox", "number")
    op.drop_column("outbox", "told_from")


def _give_erased_pictures_an_empty_vector() -> None:
    """Of a schema that no bundle has: the release before can't do without a vector for each verdict."""
    op.execute("""
        INSERT INTO features (id, image_id, schema_id, backbone_id, decode_version, runtime, "precision",
                              "values", replaced, length)
        SELECT DISTINCT ON (image_id) gen_random_uuid(), image_id, 'erased', 'none', 0, 'none', 'none',
               decode('00000000', 'hex'), decode('80', 'hex'), 1
          FROM verdicts WHERE features_id IS NULL
    """)
    op.execute("""
        UPDATE verdicts SET features_id = features.id FROM features
         WHERE verdicts.features_id IS NULL AND features.image_id = verdicts.image_id
           AND features.schema_id = 'erased'
    """)


def _create_requests() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint("octet_length(key) = 32", name=op.f("ck_kept_answers_key_sha256")),
        sa.CheckConstraint("octet_length(request) = 32", name=op.f("ck_kept_answers_request_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_kept_answers")),
    )
    op.create_index("ix_kept_answers_created_at", "kept_answers", ["created_at"])
    op.create_table(
        "allowances",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("left", sa.Double(), nullable=False),
        sa.Column("at", _TIMESTAMP, nullable=False),
        sa.CheckConstraint("octet_length(key) = 32", name=op.f("ck_allowances_key_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_allowances")),
        prefixes=["UNLOGGED"],
    )
    op.create_index("ix_allowances_at", "allowances", ["at"])
    op.create_table(
        "change_counters",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_change_counters_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counters")),
    )


def _create_appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("against", sa.Text(), nullable=True),
        sa.Column("appellant", sa.Text(), nullable=True),
        sa.Column("statement_id", sa.Uuid(), nullable=True),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("due_at", _TIMESTAMP, nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["review_items.id"], name=op.f("fk_appeals_item_id_review_items")),
        sa.ForeignKeyConstraint(["statement_id"], ["notes.id"], name=op.f("fk_appeals_statement_id_notes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
    )
    op.create_index("ix_appeals_item_id", "appeals", ["item_id"])
    op.create_index("ix_appeals_appellant", "appeals", ["appellant", "created_at"])
    op.create_table(
        "appeal_evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.CheckConstraint(
            "kind IN ('layers', 'time_lapse', 'sketches', 'other')", name=op.f("ck_appeal_evidence_kind")
        ),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_appeal_evidence_sha256")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_appeal_evidence_size")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=op.f("fk_appeal_evidence_appeal_id_appeals")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_evidence")),
    )
    op.create_index("ix_appeal_evidence_appeal_id", "appeal_evidence", ["appeal_id"])


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("state", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column(
            "erased",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=_NOW, nullable=False),
        sa.Column("finished_at", _TIMESTAMP, nullable=True),
        sa.CheckConstraint("scope IN ('image', 'object', 'uploader')", name=op.f("ck_erasures_scope")),
        sa.CheckConstraint("state IN ('running', 'done')", name=op.f("ck_erasures_state")),
        sa.CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name=op.f("ck_erasures_finished_at")),
        sa.CheckConstraint(
            "(state = 'running') = (subject IS NOT NULL)", name=op.f("ck_erasures_forgets_its_subject")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "ix_erasures_running", "erasures", ["id"], postgresql_where=sa.text("state = 'running'")
    )


def _let_delete_from(tables: str) -> None:
    statement = _GRANT.format(erasable=tables)
    op.execute(sa.text(statement.replace(":", r"\:")))

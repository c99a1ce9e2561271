"""The audit log: entries that triggers write, their chain and its signed heads, and the worker's rights."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_APPEND_ONLY = ("audit_entries", "audit_links", "audit_heads")

# Functions run with the rights of whoever migrates, so that the worker's role can write no entry itself.
_DEFINER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS"
_ITEM = """jsonb_build_object(
    'kind', {row}.kind, 'image_id', {row}.image_id, 'event_id', {row}.event_id,
    'verdict_id', {row}.verdict_id, 'state', {row}.state, 'stage', {row}.stage, 'round', {row}.round,
    'lease_number', {row}.lease_number, 'claimed_by', audit_pseudonym({row}.claimed_by),
    'assigned_to', audit_pseudonym({row}.assigned_to)
)"""
_DECISION = """jsonb_build_object(
    'id', {row}.id, 'image_id', {row}.image_id, 'reviewer', audit_pseudonym({row}.moderator),
    'label', {row}.label, 'stage', {row}.stage, 'round', {row}.round, 'settles', {row}.settles,
    'told_from', audit_time({row}.told_from), 'lease_number', {row}.lease_number,
    'note', audit_note({row}.note_id), 'created_at', audit_time({row}.created_at)
)"""
_FUNCTIONS = {
    "audit_write(text, uuid, jsonb)": f"""
        CREATE FUNCTION audit_write(kind text, subject uuid, body jsonb) RETURNS void {_DEFINER} $$
        DECLARE made bigint;
        BEGIN
            INSERT INTO audit_entries (kind, subject, body) VALUES (kind, subject, body)
                RETURNING audit_entries.id INTO made;
            INSERT INTO audit_pending (entry_id) VALUES (made);
        END $$
    """,
    "audit_pseudonym(text)": f"""
        CREATE FUNCTION audit_pseudonym(who text) RETURNS uuid {_DEFINER} $$
        DECLARE known uuid;
        BEGIN
            IF who IS NULL THEN RETURN NULL; END IF;
            SELECT pseudonym INTO known FROM reviewers WHERE name = who;
            IF known IS NULL THEN
                INSERT INTO reviewers (name) VALUES (who) ON CONFLICT (name) DO NOTHING;
                SELECT pseudonym INTO known FROM reviewers WHERE name = who;
            END IF;
            RETURN known;
        END $$
    """,
    "audit_time(timestamptz)": """
        CREATE FUNCTION audit_time(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS
        $$ SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$
    """,
    "audit_note(uuid)": f"""
        CREATE FUNCTION audit_note(note uuid) RETURNS text {_DEFINER} $$
        BEGIN
            RETURN (SELECT encode(sha256(salt || convert_to(body, 'UTF8')), 'hex') FROM notes WHERE id = note);
        END $$
    """,
    "audit_item()": f"""
        CREATE FUNCTION audit_item() RETURNS trigger {_DEFINER} $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                PERFORM audit_write('item_deleted', OLD.id, '{{}}');
                RETURN NULL;
            END IF;
            PERFORM audit_write(
                CASE TG_OP WHEN 'INSERT' THEN 'item_opened' ELSE 'item_changed' END,
                NEW.id,
                {_ITEM.format(row="NEW")}
            );
            RETURN NULL;
        END $$
    """,
    "audit_decision()": f"""
        CREATE FUNCTION audit_decision() RETURNS trigger {_DEFINER} $$
        BEGIN
            PERFORM audit_write('decided', NEW.item_id, {_DECISION.format(row="NEW")});
            RETURN NULL;
        END $$
    """,
    "audit_retraction()": f"""
        CREATE FUNCTION audit_retraction() RETURNS trigger {_DEFINER} $$
        BEGIN
            PERFORM audit_write(
                'taken_back',
                (SELECT item_id FROM decisions WHERE id = NEW.decision_id),
                jsonb_build_object(
                    'decision_id', NEW.decision_id, 'reviewer', audit_pseudonym(NEW.reviewer),
                    'created_at', audit_time(NEW.created_at)
                )
            );
            RETURN NULL;
        END $$
    """,
    "audit_act()": f"""
        CREATE FUNCTION audit_act() RETURNS trigger {_DEFINER} $$
        BEGIN
            PERFORM audit_write('act', NEW.item_id, jsonb_build_object(
                'id', NEW.id, 'kind', NEW.kind, 'reviewer', audit_pseudonym(NEW.reviewer),
                'lease_number', NEW.lease_number, 'recipient', audit_pseudonym(NEW.recipient),
                'until', audit_time(NEW.until), 'note', audit_note(NEW.note_id),
                'created_at', audit_time(NEW.created_at)
            ));
            RETURN NULL;
        END $$
    """,
    "audit_policy()": f"""
        CREATE FUNCTION audit_policy() RETURNS trigger {_DEFINER} $$
        BEGIN
            PERFORM audit_write('policy', NULL, jsonb_build_object(
                'number', NEW.number, 'document', NEW.document, 'created_at', audit_time(NEW.created_at)
            ));
            RETURN NULL;
        END $$
    """,
    "audit_reviewer()": f"""
        CREATE FUNCTION audit_reviewer() RETURNS trigger {_DEFINER} $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                PERFORM audit_write('reviewer_erased', NULL, jsonb_build_object('pseudonym', OLD.pseudonym));
                RETURN NULL;
            END IF;
            PERFORM audit_write('reviewer', NULL, jsonb_build_object(
                'pseudonym', NEW.pseudonym, 'skills', NEW.skills, 'languages', NEW.languages,
                'senior', NEW.senior
            ));
            RETURN NULL;
        END $$
    """,
    "grant_worker(name)": """
        CREATE FUNCTION grant_worker(worker name) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
        DECLARE
            target text;
            rights text;
        BEGIN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), worker);
            FOR target IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
                rights := CASE
                    WHEN target IN ('audit_entries', 'alembic_version') THEN 'SELECT'
                    WHEN target = 'audit_pending' THEN 'SELECT, DELETE'
                    WHEN target = 'outbox' THEN 'SELECT, INSERT, UPDATE, DELETE'
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
    """,
}
_TRIGGERS = (
    "CREATE TRIGGER audit_opened AFTER INSERT OR DELETE ON review_items"
    " FOR EACH ROW EXECUTE FUNCTION audit_item()",
    "CREATE TRIGGER audit_changed AFTER UPDATE ON review_items FOR EACH ROW WHEN ("
    "(OLD.kind, OLD.image_id, OLD.event_id, OLD.verdict_id, OLD.state, OLD.stage, OLD.round,"
    " OLD.lease_number, OLD.claimed_by, OLD.assigned_to) IS DISTINCT FROM "
    "(NEW.kind, NEW.image_id, NEW.event_id, NEW.verdict_id, NEW.state, NEW.stage, NEW.round,"
    " NEW.lease_number, NEW.claimed_by, NEW.assigned_to)) EXECUTE FUNCTION audit_item()",
    "CREATE TRIGGER audit_decided AFTER INSERT ON decisions"
    " FOR EACH ROW EXECUTE FUNCTION audit_decision()",
    "CREATE TRIGGER audit_taken_back AFTER INSERT ON retractions"
    " FOR EACH ROW EXECUTE FUNCTION audit_retraction()",
    "CREATE TRIGGER audit_acted AFTER INSERT ON review_acts FOR EACH ROW EXECUTE FUNCTION audit_act()",
    "CREATE TRIGGER audit_applied AFTER INSERT ON review_policies"
    " FOR EACH ROW EXECUTE FUNCTION audit_policy()",
    "CREATE TRIGGER audit_described AFTER INSERT OR UPDATE OR DELETE ON reviewers"
    " FOR EACH ROW EXECUTE FUNCTION audit_reviewer()",
)
_WORKER = "artgate_worker"
# What was there before gets the entries that the triggers would have written.
_ADOPT = f"""
    DO $$
    DECLARE item review_items;
    DECLARE decision decisions;
    BEGIN
        FOR item IN SELECT * FROM review_items ORDER BY created_at, id LOOP
            PERFORM audit_write('item_opened', item.id, {_ITEM.format(row="item")});
        END LOOP;
        FOR decision IN SELECT * FROM decisions ORDER BY created_at, id LOOP
            PERFORM audit_write('decided', decision.item_id, {_DECISION.format(row="decision")});
        END LOOP;
    END $$
"""


def upgrade() -> None:
    _create_tables()
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for statement in _FUNCTIONS.values():
        op.execute(_literally(statement))
    for statement in _TRIGGERS:
        op.execute(statement)
    op.execute(_literally(_ADOPT))
    for signature in _FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    for name, table in (
        ("audit_opened", "review_items"),
        ("audit_changed", "review_items"),
        ("audit_decided", "decisions"),
        ("audit_taken_back", "retractions"),
        ("audit_acted", "review_acts"),
        ("audit_applied", "review_policies"),
        ("audit_described", "reviewers"),
    ):
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for signature in _FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in ("audit_heads", "audit_links", "audit_pending", "audit_entries"):
        op.drop_table(table)


def _literally(statement: str) -> sa.TextClause:
    """A statement whose colons name no parameters."""
    return sa.text(statement.replace(":", r"\:"))


def _create_tables() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_by", sa.Text(), server_default=sa.text("SESSION_USER"), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject", "id"], unique=False)
    op.create_table(
        "audit_pending",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_pending_entry_id_audit_entries")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_pending")),
    )
    op.create_table(
        "audit_links",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_audit_links_number")),
        sa.CheckConstraint("octet_length(hash) = 32", name=op.f("ck_audit_links_hash_length")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["audit_entries.id"], name=op.f("fk_audit_links_entry_id_audit_entries")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_links_entry_id")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["audit_links.number"], name=op.f("fk_audit_heads_number_audit_links")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_heads")),
    )

"""Accounts, their tokens and their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "access_accounts"
down_revision = "0007"
branch_labels = None
depends_on = None

_WORKER = "artgate_worker"
_ERASABLE = "'browser_sessions', 'oidc_attempts', 'outbox', 'recovery_codes', 'second_factors', 'sign_in_attempts'"
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


def upgrade() -> None:
    # New tables alone: the release before neither reads nor writes them.
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('service', 'moderator', 'senior', 'admin', 'auditor')", name=op.f("ck_accounts_role")
        ),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._@+-]{0,99}$'", name=op.f("ck_accounts_name_form")),
        sa.CheckConstraint(
            "role <> 'service' OR password_hash IS NULL", name=op.f("ck_accounts_service_has_no_password")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('service', 'moderator', 'senior', 'admin', 'auditor')", name=op.f("ck_api_tokens_role")
        ),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_api_tokens_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_api_tokens_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_index("ix_api_tokens_account_id", "api_tokens", ["account_id"])
    op.create_table(
        "browser_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_browser_sessions_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_browser_sessions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_browser_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_browser_sessions_digest")),
    )
    op.create_index("ix_browser_sessions_account_id", "browser_sessions", ["account_id"])
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_second_factors_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f("ck_recovery_codes_digest_sha256")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_recovery_codes_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "digest", name=op.f("pk_recovery_codes")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(key) = 32", name=op.f("ck_sign_in_attempts_key_sha256")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_last_at", "sign_in_attempts", ["last_at"])
    op.create_table(
        "external_identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_external_identities_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_external_identities")),
    )
    op.create_index("ix_external_identities_account_id", "external_identities", ["account_id"])
    op.create_table(
        "oidc_attempts",
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(state) = 32 AND octet_length(browser) = 32",
            name=op.f("ck_oidc_attempts_digests_sha256"),
        ),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_oidc_attempts")),
    )
    op.create_index("ix_oidc_attempts_expires_at", "oidc_attempts", ["expires_at"])
    _let_delete_from(_ERASABLE)
    op.execute(
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '" + _WORKER + "') THEN"
        " PERFORM grant_worker('" + _WORKER + "'); END IF; END $$"
    )


def downgrade() -> None:
    _let_delete_from("'outbox'")
    op.drop_table("oidc_attempts")
    op.drop_table("external_identities")
    op.drop_table("sign_in_attempts")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_table("browser_sessions")
    op.drop_table("api_tokens")
    op.drop_table("accounts")


def _let_delete_from(tables: str) -> None:
    statement = _GRANT.format(erasable=tables)
    op.execute(sa.text(statement.replace(":", r"\:")))

"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIMESTAMP = sa.DateTime(timezone=True)
_REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "bundles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'candidate'"), nullable=False),
        sa.Column("activated_at", _TIMESTAMP, nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id ~ '^[0-9a-f]{64}$'", name=op.f("ck_bundles_id_sha256")),
        sa.CheckConstraint(
            "state <> 'active' OR activated_at IS NOT NULL", name=op.f("ck_bundles_activated_at")
        ),
        sa.CheckConstraint(
            "state IN ('candidate', 'shadow', 'canary', 'active', 'retired')", name=op.f("ck_bundles_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundles")),
    )
    op.create_index(
        "uq_bundles_active_name",
        "bundles",
        ["name"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("object_version", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("perceptual_hash", sa.BigInteger(), nullable=True),
        sa.Column("uploader", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("removed_at", _TIMESTAMP, nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_images_sha256")),
        sa.CheckConstraint("size >= 0 AND width > 0 AND height > 0", name=op.f("ck_images_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint(
            "bucket", "key", "object_version", name=op.f("uq_images_bucket_key_object_version")
        ),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("not_before", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("delivered_at", _TIMESTAMP, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state = 'delivered') = (delivered_at IS NOT NULL)", name=op.f("ck_outbox_delivered_at")
        ),
        sa.CheckConstraint("kind IN ('verdict', 'refusal', 'decision')", name=op.f("ck_outbox_kind")),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'dead')", name=op.f("ck_outbox_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("position", name=op.f("uq_outbox_position")),
    )
    op.create_index(
        "ix_outbox_dead", "outbox", ["position"], unique=False, postgresql_where=sa.text("state = 'dead'")
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["not_before", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbox_heads",
        "outbox",
        ["subject", "position"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "backfills",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'running'"), nullable=False),
        sa.Column("cursor", sa.Uuid(), nullable=True),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("scored", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("written", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("skipped", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", _TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (finished_at IS NULL)", name=op.f("ck_backfills_finished_at")
        ),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'cancelled', 'failed')", name=op.f("ck_backfills_state")
        ),
        sa.CheckConstraint(
            "total >= 0 AND scored >= 0 AND written >= 0 AND skipped >= 0 AND failed >= 0",
            name=op.f("ck_backfills_counts"),
        ),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_backfills_bundle_id_bundles")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfills")),
    )
    op.create_index(
        "uq_backfills_running",
        "backfills",
        ["bundle_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("system", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=True),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("version_id", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sequencer", sa.Text(), nullable=True),
        sa.Column("sequencer_rank", sa.Text(collation="C"), nullable=True),
        sa.Column("occurred_at", _TIMESTAMP, nullable=True),
        sa.Column("received_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("uploader", sa.Text(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("queue", sa.Text(), server_default=sa.text("'scan'"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'received'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("deaths", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("losses", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("transient_failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", _TIMESTAMP, nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("not_before", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("queued_at", _TIMESTAMP, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("finished_at", _TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "(bucket IS NOT NULL AND key IS NOT NULL) OR state IN ('noted', 'refused')",
            name=op.f("ck_events_work_names_object"),
        ),
        sa.CheckConstraint(
            "(state IN ('done', 'refused', 'dead', 'noted')) = (finished_at IS NOT NULL)",
            name=op.f("ck_events_finished_at"),
        ),
        sa.CheckConstraint("kind IN ('created', 'removed', 'test', 'other')", name=op.f("ck_events_kind")),
        sa.CheckConstraint("queue IN ('scan', 'rescan')", name=op.f("ck_events_queue")),
        sa.CheckConstraint(
            "state <> 'claimed' OR (lease_until IS NOT NULL AND holder IS NOT NULL)",
            name=op.f("ck_events_claim_has_lease"),
        ),
        sa.CheckConstraint(
            "state IN ('received', 'queued', 'claimed', 'done', 'refused', 'dead', 'noted')",
            name=op.f("ck_events_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'dead') OR reason IS NOT NULL",
            name=op.f("ck_events_refusal_has_reason"),
        ),
        sa.CheckConstraint(
            "attempts >= 0 AND deaths >= 0 AND losses >= 0 AND transient_failures >= 0",
            name=op.f("ck_events_counts"),
        ),
        sa.CheckConstraint("octet_length(bucket) <= 255", name=op.f("ck_events_bucket_length")),
        sa.CheckConstraint("octet_length(identity) = 32", name=op.f("ck_events_identity_sha256")),
        sa.CheckConstraint("octet_length(key) <= 1024", name=op.f("ck_events_key_length")),
        sa.CheckConstraint("octet_length(sequencer_rank) = 64", name=op.f("ck_events_sequencer_rank_width")),
        sa.CheckConstraint("octet_length(version_id) <= 1024", name=op.f("ck_events_version_id_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_events_size")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_events_image_id_images")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("identity", name=op.f("uq_events_identity")),
    )
    op.create_index(
        "ix_events_due",
        "events",
        ["not_before", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
    )
    op.create_index(
        "ix_events_finished",
        "events",
        ["finished_at", "id"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_events_image",
        "events",
        ["image_id"],
        unique=False,
        postgresql_where=sa.text("image_id IS NOT NULL"),
    )
    op.create_index(
        "ix_events_leases",
        "events",
        ["lease_until", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'claimed'"),
    )
    op.create_index("ix_events_object", "events", ["bucket", "key", "sequencer_rank"], unique=False)
    op.create_index(
        "ix_events_queued",
        "events",
        ["queue", "queued_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "features",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("schema_id", sa.Text(), nullable=False),
        sa.Column("backbone_id", sa.Text(), nullable=False),
        sa.Column("decode_version", sa.Integer(), nullable=False),
        sa.Column("runtime", sa.Text(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=False),
        sa.Column("replaced", sa.LargeBinary(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "length > 0 AND octet_length(values) = 4 * length", name=op.f("ck_features_values_length")
        ),
        sa.CheckConstraint(
            "octet_length(replaced) = (length + 7) / 8", name=op.f("ck_features_replaced_length")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_features_image_id_images")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_features")),
        sa.UniqueConstraint(
            "image_id", "schema_id", "decode_version", "runtime", "precision", name="uq_features_vector"
        ),
    )
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=False),
        sa.Column("bundle_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("features_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_before_veto", sa.Text(), nullable=False),
        sa.Column("raw", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("lightgbm", sa.Double(), nullable=False),
        sa.Column("svm", sa.Double(), nullable=False),
        sa.Column("random_forest", sa.Double(), nullable=False),
        sa.Column("veto_applied", sa.Boolean(), nullable=False),
        sa.Column("veto_probability", sa.Double(), nullable=True),
        sa.Column("genuine_below", sa.Double(), nullable=False),
        sa.Column("synthetic_from", sa.Double(), nullable=False),
        sa.Column("runtime", sa.Text(), nullable=False),
        sa.Column("precision", sa.Text(), nullable=False),
        sa.Column("stage_ms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "label = label_before_veto OR (label_before_veto = 'SYNTHETIC' AND label = 'UNCERTAIN' AND (veto_applied OR reason IS NOT NULL))",
            name=op.f("ck_verdicts_veto_only_softens"),
        ),
        sa.CheckConstraint("label IN ('GENUINE', 'UNCERTAIN', 'SYNTHETIC')", name=op.f("ck_verdicts_label")),
        sa.CheckConstraint(
            "label_before_veto <> 'SYNTHETIC' OR probability >= synthetic_from",
            name=op.f("ck_verdicts_synthetic_above_threshold"),
        ),
        sa.CheckConstraint(
            "label_before_veto IN ('GENUINE', 'UNCERTAIN', 'SYNTHETIC')",
            name=op.f("ck_verdicts_label_before_veto"),
        ),
        sa.CheckConstraint("origin IN ('scan', 'backfill')", name=op.f("ck_verdicts_origin")),
        sa.CheckConstraint("genuine_below <= synthetic_from", name=op.f("ck_verdicts_thresholds_ordered")),
        sa.CheckConstraint(
            "probability BETWEEN 0 AND 1 AND raw BETWEEN 0 AND 1 AND lightgbm BETWEEN 0 AND 1 AND svm BETWEEN 0 AND 1 AND random_forest BETWEEN 0 AND 1 AND veto_probability BETWEEN 0 AND 1 AND genuine_below BETWEEN 0 AND 1 AND synthetic_from BETWEEN 0 AND 1",
            name=op.f("ck_verdicts_unit_interval"),
        ),
        sa.ForeignKeyConstraint(["bundle_id"], ["bundles.id"], name=op.f("fk_verdicts_bundle_id_bundles")),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_verdicts_event_id_events")),
        sa.ForeignKeyConstraint(
            ["features_id"], ["features.id"], name=op.f("fk_verdicts_features_id_features")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_verdicts_image_id_images")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
        sa.UniqueConstraint("image_id", "bundle_id", name=op.f("uq_verdicts_image_id_bundle_id")),
    )
    op.create_index("ix_verdicts_bundle_id_label", "verdicts", ["bundle_id", "label"], unique=False)
    op.create_table(
        "review_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("verdict_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("lease_number", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", _TIMESTAMP, nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", _TIMESTAMP, nullable=True),
        sa.CheckConstraint(
            "(state IN ('decided', 'withdrawn')) = (closed_at IS NOT NULL)",
            name=op.f("ck_review_items_closed_at"),
        ),
        sa.CheckConstraint(
            "kind <> 'refusal' OR event_id IS NOT NULL", name=op.f("ck_review_items_refusal_has_event")
        ),
        sa.CheckConstraint(
            "kind <> 'uncertain' OR verdict_id IS NOT NULL",
            name=op.f("ck_review_items_uncertain_has_verdict"),
        ),
        sa.CheckConstraint("kind IN ('uncertain', 'refusal')", name=op.f("ck_review_items_kind")),
        sa.CheckConstraint(
            "state <> 'claimed' OR (claimed_by IS NOT NULL AND lease_until IS NOT NULL)",
            name=op.f("ck_review_items_claim_has_lease"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'claimed', 'decided', 'withdrawn')", name=op.f("ck_review_items_state")
        ),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_review_items_event_id_events")),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_review_items_image_id_images")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_review_items_verdict_id_verdicts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
        sa.UniqueConstraint("verdict_id", name=op.f("uq_review_items_verdict_id")),
    )
    op.create_index("ix_review_items_image_id", "review_items", ["image_id"], unique=False)
    op.create_index(
        "ix_review_items_next",
        "review_items",
        [sa.text("priority DESC"), "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'claimed')"),
    )
    op.create_index(
        "uq_review_items_refusal",
        "review_items",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'refusal'"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("image_id", sa.Uuid(), nullable=True),
        sa.Column("moderator", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("lease_number", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _TIMESTAMP, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "label IN ('GENUINE', 'SYNTHETIC', 'CANNOT_TELL')", name=op.f("ck_decisions_label")
        ),
        sa.ForeignKeyConstraint(["image_id"], ["images.id"], name=op.f("fk_decisions_image_id_images")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["review_items.id"], name=op.f("fk_decisions_item_id_review_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("item_id", "lease_number", name=op.f("uq_decisions_item_id_lease_number")),
    )
    op.create_index("ix_decisions_image_id", "decisions", ["image_id"], unique=False)
    op.execute(_REFUSE_CHANGE)
    op.execute(
        "CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("decisions")
    op.drop_table("review_items")
    op.drop_table("verdicts")
    op.drop_table("features")
    op.drop_table("events")
    op.drop_table("backfills")
    op.drop_table("outbox")
    op.drop_table("images")
    op.drop_table("bundles")
    op.execute("DROP FUNCTION refuse_change()")

"""Upload events: the inbox, and the state of the work that each asks for.

::

    received ──▶ queued ──▶ claimed ──▶ done | refused | dead
        ▲  ╲_________________▲  │
        └───── retry, lapse ────┘
    noted      terminal from the start: asks for no scan

A claim ends in one of five ways, each with its own count and bound, so that no fault loops for ever
and none is blamed on the wrong party:

=============  ============================================  ==================
end            who says so                                   counted in
=============  ============================================  ==================
finished       the claim's holder                            nothing
died           the holder's parent, which saw its child die  ``deaths``
failed         the holder: storage or network at fault       ``transient_failures``
lapsed         nobody: the lease ran out (host or parent     ``losses``
               lost)
given back     the holder, in an orderly shutdown            nothing
=============  ============================================  ==================

``attempts`` counts every claim, and is committed before the picture is touched.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Base, TextEnum, one_of


class EventKind(StrEnum):
    """What happened to the object."""

    CREATED = "created"
    REMOVED = "removed"
    TEST = "test"
    OTHER = "other"


class EventState(StrEnum):
    """Where the work of an event stands."""

    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"
    DONE = "done"
    REFUSED = "refused"
    DEAD = "dead"
    NOTED = "noted"

    @property
    def terminal(self) -> bool:
        """True where nothing more will be done."""
        return self in TERMINAL


TERMINAL = frozenset({EventState.DONE, EventState.REFUSED, EventState.DEAD, EventState.NOTED})


class WorkQueue(StrEnum):
    """Which queue of the broker carries the work: uploads, or bulk that must not delay them."""

    SCAN = "scan"
    RESCAN = "rescan"


class Event(Base):
    """One delivery identity. Never deleted while its identity may be delivered again."""

    __tablename__ = "events"
    __table_args__ = (
        one_of("kind", EventKind),
        one_of("queue", WorkQueue),
        one_of("state", EventState),
        CheckConstraint("octet_length(identity) = 32", name="identity_sha256"),
        CheckConstraint("octet_length(bucket) <= 255", name="bucket_length"),
        CheckConstraint("octet_length(key) <= 1024", name="key_length"),
        CheckConstraint("octet_length(version_id) <= 1024", name="version_id_length"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("octet_length(sequencer_rank) = 64", name="sequencer_rank_width"),
        CheckConstraint(
            "(bucket IS NOT NULL AND key IS NOT NULL) OR state IN ('noted', 'refused')",
            name="work_names_object",
        ),
        CheckConstraint(
            "(state IN ('done', 'refused', 'dead', 'noted')) = (finished_at IS NOT NULL)", name="finished_at"
        ),
        CheckConstraint("state NOT IN ('refused', 'dead') OR reason IS NOT NULL", name="refusal_has_reason"),
        CheckConstraint(
            "state <> 'claimed' OR (lease_until IS NOT NULL AND holder IS NOT NULL)", name="claim_has_lease"
        ),
        CheckConstraint(
            "attempts >= 0 AND deaths >= 0 AND losses >= 0 AND transient_failures >= 0", name="counts"
        ),
        Index("ix_events_due", "not_before", "id", postgresql_where=text("state = 'received'")),
        Index("ix_events_queued", "queue", "queued_at", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_events_leases", "lease_until", "id", postgresql_where=text("state = 'claimed'")),
        Index("ix_events_object", "bucket", "key", "sequencer_rank"),
        Index("ix_events_image", "image_id", postgresql_where=text("image_id IS NOT NULL")),
        Index(
            "ix_events_refused_of",
            "uploader",
            "id",
            postgresql_where=text("state = 'refused' AND uploader IS NOT NULL"),
        ),
        Index("ix_events_uploader", "uploader", "id", postgresql_where=text("uploader IS NOT NULL")),
        Index("ix_events_finished", "finished_at", "id", postgresql_where=text("finished_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity: Mapped[bytes] = mapped_column(unique=True)
    """sha256 over what makes two deliveries the same: see ``worker.intake``."""
    system: Mapped[str]
    """Which notification format it came in; sequencers compare within one system only."""
    kind: Mapped[EventKind] = mapped_column(TextEnum(EventKind))
    bucket: Mapped[str | None]
    key: Mapped[str | None]
    version_id: Mapped[str | None]
    etag: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sequencer: Mapped[str | None]
    sequencer_rank: Mapped[str | None] = mapped_column(Text(collation="C"))
    """The sequencer in a form whose byte order is its order: upper-case hexadecimal, left-padded to 64."""
    occurred_at: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    uploader: Mapped[str | None]
    domain: Mapped[str | None]
    queue: Mapped[WorkQueue] = mapped_column(TextEnum(WorkQueue), server_default=text("'scan'"))
    state: Mapped[EventState] = mapped_column(TextEnum(EventState), server_default=text("'received'"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    deaths: Mapped[int] = mapped_column(server_default=text("0"))
    losses: Mapped[int] = mapped_column(server_default=text("0"))
    transient_failures: Mapped[int] = mapped_column(server_default=text("0"))
    lease_number: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    """Who holds or held the claim: names one process for all time (host, instance, pid)."""
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    queued_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    """Reason code of a refusal, or of the latest failure while another attempt is to come."""
    detail: Mapped[str | None]
    """One public sentence that goes with the reason."""
    image_id: Mapped[UUID | None] = mapped_column(ForeignKey("images.id"))
    finished_at: Mapped[datetime | None]
    trace: Mapped[str | None]
    """W3C ``traceparent`` of its insertion, where uploads are traced."""

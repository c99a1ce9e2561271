"""One object's event, whichever system told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What happened. Only CREATED asks for a scan; TEST and OTHER are noted and nothing more."""

    CREATED = "created"
    REMOVED = "removed"
    TEST = "test"
    OTHER = "other"


class System(StrEnum):
    """Who wrote a body. Where one body carries another in it, the outermost names the record."""

    AWS_S3 = "aws-s3"
    AWS_EVENTBRIDGE = "aws-eventbridge"
    AWS_SNS = "aws-sns"
    AWS_SQS = "aws-sqs"
    MINIO = "minio"
    CEPH = "ceph-rgw"
    HUAWEI_OBS = "huawei-obs"
    HUAWEI_SMN = "huawei-smn"
    S3_COMPATIBLE = "s3-compatible-unidentified"
    """S3-shaped, and not as AWS writes it."""
    S3_STYLE = "s3-style-test"
    """S3-shaped without a word on where it comes from, as hand-written tests are."""
    GCS_PUBSUB = "gcs-pubsub"
    GCS_EVENTARC = "gcs-eventarc"
    R2 = "cloudflare-r2"
    B2 = "backblaze-b2"
    AZURE = "azure-eventgrid"
    ALIBABA = "alibaba-oss"
    SEAWEEDFS = "seaweedfs"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One event of one object. Absent members are None; what was sent empty is empty.

    Texts are valid Unicode without NUL and at most as long as their members say.
    """

    system: System
    order: System
    """Whose sequencers this record's compares with: EventBridge's with S3's own, for one."""
    kind: Kind
    event_name: str | None = None
    """As sent."""
    bucket: str | None = None
    """At most 255 bytes of UTF-8."""
    key: str | None = None
    """The key as the storage knows it, decoded where the system encodes; at most 1,024 bytes."""
    version_id: str | None = None
    """As sent: some systems send an empty text, or the text ``null``, for an object without versions."""
    etag: str | None = None
    size: int | None = None
    """Bytes, at least 0 and below 2**63."""
    sequencer: str | None = None
    sequencer_rank: str | None = None
    """64 hexadecimal digits whose order is that of the events of one key; None where it can't be told."""
    occurred_at: datetime | None = None
    mark: str = ""
    """What tells this event from others of the same version: a sequencer, a time, or a message's id."""
    uploader: str | None = None
    domain: str | None = None

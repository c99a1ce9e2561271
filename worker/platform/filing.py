"""The bodies of appeals and the look at what they show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from db.models import AppealOutcome, EvidenceKind, HumanLabel, ItemState
from db.queries.appeals import NewEvidence, StoredAppeal, outcome_of
from detector.reasons import Reason, Rejected
from worker.clock import new_id
from worker.platform.schemas import Word
from worker.settings import Settings

if TYPE_CHECKING:
    from worker.storage import S3Client

_MOST_EVIDENCE = 20
_LONGEST_STATEMENT = 4000
_LARGEST = 2**50
"""A petabyte; JSON holds it to the byte."""


class EvidenceBody(BaseModel):
    """One object that shows how the picture was made; it lies in an allowed bucket."""

    model_config = ConfigDict(extra="forbid")

    kind: EvidenceKind
    bucket: Word
    key: Word
    version_id: Word | None = None
    size: int = Field(ge=0, le=_LARGEST)
    """Bytes."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Of its bytes, kept for who opens it."""


class _Appeal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    appellant: Word
    """Whose appeal it is, as the platform calls them: the same as events call the uploader."""
    statement: (
        Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_STATEMENT, pattern=r"^[^\x00]*$")]
        | None
    ) = None
    evidence: list[EvidenceBody] = Field(default_factory=list, max_length=_MOST_EVIDENCE)


class ImageAppealBody(_Appeal):
    """An appeal about a picture."""

    model_config = ConfigDict(extra="forbid")

    image_id: UUID


class ObjectAppealBody(_Appeal):
    """An appeal about an object's newest picture, or about its refused upload."""

    bucket: Word
    key: Word


class EvidenceView(BaseModel):
    """One object that an appeal shows."""

    kind: EvidenceKind
    bucket: str
    key: str
    version_id: str | None
    etag: str | None
    sha256: str | None
    size: int

    @classmethod
    def of(cls, evidence: NewEvidence) -> Self:
        """As it was when the appeal was filed."""
        given = {name: getattr(evidence, name) for name in cls.model_fields}
        return cls(**given | {"sha256": None if evidence.sha256 is None else evidence.sha256.hex()})


class AppealView(BaseModel):
    """An appeal and what came of it."""

    id: UUID
    item_id: UUID
    open: bool
    """Whether it still waits for a decision."""
    outcome: AppealOutcome | None
    """Null while it is open, and where the picture went before it was decided."""
    against: str | None
    """The label that was appealed; null where the file had none."""
    label: HumanLabel | None
    """What was decided on the appeal."""
    decided_at: datetime | None
    appellant: str | None
    """Null once it was erased."""
    due_at: datetime
    created_at: datetime
    evidence: list[EvidenceView]

    @classmethod
    def of(cls, appeal: StoredAppeal) -> Self:
        """The appeal as it stands."""
        own = {name: getattr(appeal, name) for name in cls.model_fields if hasattr(appeal, name)}
        outcome = None if appeal.label is None else outcome_of(appeal.label, appeal.against)
        waits = appeal.label is None and appeal.item_state is not ItemState.WITHDRAWN
        shown = [EvidenceView.of(each) for each in appeal.evidence]
        return cls(**own | {"open": waits, "outcome": outcome, "evidence": shown})


class EvidenceDesk:
    """Looks at what appeals show: whether it is there, and as large as was stated.

    Args:
        settings: the storage, and the buckets that may be named.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def look(self, shown: Sequence[EvidenceBody]) -> list[NewEvidence]:
        """What the storage has under these names.

        Raises:
            Rejected: ``bucket_not_allowed``, ``object_missing``, ``object_forbidden``, ``evidence_mismatch``.
            Transient: ``storage_unavailable``.
        """
        for each in shown:
            if each.bucket not in self._settings.buckets:
                raise Rejected(
                    Reason.BUCKET_NOT_ALLOWED, f"the bucket {each.bucket!r} is not one of ARTGATE_BUCKETS"
                )
        return [self._one(each) for each in shown]

    def _one(self, shown: EvidenceBody) -> NewEvidence:
        from worker.listing import look_at  # noqa: PLC0415 - few requests need the storage's library

        found = look_at(self._client, shown.bucket, shown.key, shown.version_id)
        if found.size != shown.size:
            raise Rejected(
                Reason.EVIDENCE_MISMATCH,
                f"the object {shown.key!r} has {found.size} bytes and not {shown.size}; upload it again",
            )
        return NewEvidence(
            id=new_id(),
            kind=shown.kind,
            bucket=shown.bucket,
            key=shown.key,
            version_id=found.version_id,
            etag=found.etag,
            sha256=None if shown.sha256 is None else bytes.fromhex(shown.sha256),
            size=found.size,
        )

    @cached_property
    def _client(self) -> S3Client:
        from worker.storage import make_client  # noqa: PLC0415 - see above

        return make_client(self._settings)

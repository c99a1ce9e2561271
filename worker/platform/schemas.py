"""The bodies of the platform's requests and answers about verdicts and changes."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from db.models import HumanLabel, MessageKind, VerdictLabel, VerdictOrigin
from db.queries.changes import Change
from db.queries.effective import Place, Said, ToldDecision
from db.queries.images import StoredImage
from db.queries.verdicts import StoredVerdict
from detector.reasons import Reason, Rejected
from worker.review.schemas import EvidenceView

Word = Annotated[str, StringConstraints(min_length=1, max_length=1024, pattern=r"^[^\x00]*$")]
"""A name as the storage or the platform has it."""


class Speaker(StrEnum):
    """Whose word holds."""

    MACHINE = "machine"
    PERSON = "person"
    PRECEDENT = "precedent"
    """No person looked: a person had cleared a near-duplicate."""


class VerdictView(EvidenceView):
    """What one bundle said of one picture."""

    id: UUID
    origin: VerdictOrigin
    """A backfill's verdicts stand beside those of scans and act on nobody."""

    @classmethod
    def of(cls, verdict: StoredVerdict) -> Self:
        """The verdict as it is stored."""
        shown = EvidenceView.of(verdict).model_dump()
        return cls(**shown, id=verdict.id, origin=verdict.origin)


class DecisionView(BaseModel):
    """What people settled; never who they are."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    item_id: UUID
    label: HumanLabel
    cites: UUID | None
    """The decision on a near-duplicate that this one repeats."""
    automatic: bool
    created_at: datetime


class EffectiveView(BaseModel):
    """What holds of a picture now."""

    image_id: UUID
    bucket: str | None
    """Null, like the key, once the picture was erased."""
    key: str | None
    version_id: str | None
    label: VerdictLabel | HumanLabel
    by: Speaker
    since: datetime
    verdict: VerdictView | None
    """Of the newest scan."""
    decision: DecisionView | None
    """The newest that settled a question about the picture; where there is one, it holds."""
    removed_at: datetime | None
    erased_at: datetime | None

    @classmethod
    def of(cls, image: StoredImage, verdict: StoredVerdict | None, decision: ToldDecision | None) -> Self:
        """A picture with what was said of it; one of the two has spoken."""
        spoken = decision or verdict
        assert spoken is not None, "the caller has refused a picture of which nothing was said"
        by = Speaker.MACHINE
        if decision is not None:
            by = Speaker.PRECEDENT if decision.automatic else Speaker.PERSON
        gone = image.erased_at is not None
        return cls(
            image_id=image.id,
            bucket=None if gone else image.bucket,
            key=None if gone else image.key,
            version_id=image.version_id,
            label=spoken.label,
            by=by,
            since=spoken.created_at,
            verdict=None if verdict is None else VerdictView.of(verdict),
            decision=None if decision is None else DecisionView.model_validate(decision),
            removed_at=image.removed_at,
            erased_at=image.erased_at,
        )


class SaidView(BaseModel):
    """One entry of a history: a verdict or a decision."""

    at: datetime
    image_id: UUID
    verdict: VerdictView | None
    decision: DecisionView | None

    @classmethod
    def of(cls, said: Said) -> Self:
        """The entry as it was read."""
        return cls(
            at=said.at,
            image_id=said.image_id,
            verdict=None if said.verdict is None else VerdictView.of(said.verdict),
            decision=None if said.decision is None else DecisionView.model_validate(said.decision),
        )


class HistoryView(BaseModel):
    """A page of a history, newest first."""

    entries: list[SaidView]
    next: str | None
    """The `after` of the next page; null at the end."""


class ChangeView(BaseModel):
    """One message, as the webhook has it too."""

    number: int
    delivery: UUID
    """The same as in the webhook's `X-Artgate-Delivery`."""
    type: MessageKind
    created_at: datetime
    data: dict[str, Any]
    """The other members of the webhook's body; `{"erased": true}` where the picture was erased since."""

    @classmethod
    def of(cls, change: Change) -> Self:
        """The change as it was read."""
        return cls(
            number=change.number,
            delivery=change.id,
            type=change.kind,
            created_at=change.created_at,
            data=change.payload,
        )


class ChangesView(BaseModel):
    """A page of changes, oldest first."""

    changes: list[ChangeView]
    next: int = Field(ge=0)
    """The `after` of the next request, also where nothing is new."""
    more: bool
    """Whether another page is there at once."""


def word_of(said: Said) -> str:
    """Where a page of a history ended, as one opaque word."""
    place = json.dumps([said.at.isoformat(), str(said.id)])
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_of(word: str) -> Place:
    """The place that ``word_of`` made a word of.

    Raises:
        Rejected: ``not_found``: the word is none of ours.
    """
    try:
        at, last = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        place = Place(at=datetime.fromisoformat(at), id=UUID(last))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise _unknown_place() from None
    if place.at.tzinfo is None:
        raise _unknown_place()
    return place


def _unknown_place() -> Rejected:
    return Rejected(Reason.NOT_FOUND, "this page is unknown: begin without `after`")

"""The review API's bodies: what it takes and what it answers."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from db.models.review import Ground, HumanLabel, ItemKind, ItemState
from db.models.verdicts import VerdictLabel
from db.queries.items import Item
from db.queries.verdicts import StoredVerdict
from detector.reasons import Reason, Rejected
from detector.warranty import Basis, Measure
from worker.review.desk import Case

_LONGEST_NOTE = 4000


class Choice(StrEnum):
    """A moderator's three answers, as they are sent."""

    GENUINE = "genuine"
    SYNTHETIC = "synthetic"
    CANNOT_TELL = "cannot_tell"

    @property
    def label(self) -> HumanLabel:
        """As it is stored."""
        return HumanLabel(self.value.upper())


class LeaseBody(BaseModel):
    """What every step on a claimed item carries."""

    model_config = ConfigDict(extra="forbid")

    lease_number: int = Field(ge=1, lt=2**63)


Text = Annotated[str, Field(min_length=1, max_length=_LONGEST_NOTE, pattern=r"^[^\x00]*$")]


class SkipBody(LeaseBody):
    """Why an item is passed over."""

    why: Text


class HoldBody(LeaseBody):
    """Until when an item rests, and why."""

    until: AwareDatetime
    why: Text


class HandOverBody(LeaseBody):
    """Who shall have an item."""

    to: Text
    why: Text | None = None


class OpinionBody(LeaseBody):
    """What a moderator thinks before they see what the detector said."""

    opinion: Choice


class DecisionBody(LeaseBody):
    """A decision."""

    decision: Choice
    also: list[UUID] = Field(default_factory=list, max_length=500)
    """Near-duplicates that the decision covers, as `/near` showed them."""
    ground: Ground | None = None
    """Why, as one of the codes that go with the answer."""
    note: str | None = Field(default=None, max_length=_LONGEST_NOTE, pattern=r"^[^\x00]*$")


class ItemView(BaseModel):
    """One item of the queue."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: ItemKind
    state: ItemState
    priority: float | None
    """Higher comes first; None where scores are hidden."""
    queue: str
    language: str | None
    due_at: datetime | None
    reach: int
    reports: int
    available_at: datetime | None
    assigned_to: str | None
    reason: str | None
    created_at: datetime
    age_seconds: float
    claimed_by: str | None
    lease_number: int
    lease_until: datetime | None
    closed_at: datetime | None
    bucket: str | None
    key: str | None
    label: VerdictLabel | None
    probability: float | None
    bundle_id: str | None
    decision: HumanLabel | None
    cites: UUID | None
    """The decision on a near-duplicate that this item's decision repeats."""
    automatic: bool
    """No person made the decision."""
    near_id: UUID | None
    """A decision on a near-duplicate that was found when the item came in."""
    scores_hidden: bool
    """What the detector said is left out until who asks has given a first opinion."""


class PageView(BaseModel):
    """A page of the queue."""

    items: list[ItemView]
    next: str | None
    """Where the next page begins: the ``after`` of the next request; None at the end."""


class MembersView(BaseModel):
    """The three members' probabilities."""

    model_config = ConfigDict(from_attributes=True)

    lightgbm: float
    svm: float
    random_forest: float


class VetoView(BaseModel):
    """Whether the veto ran, what it said, and the verdict that it overruled."""

    applied: bool
    probability: float | None
    overruled: VerdictLabel | None


class ThresholdsView(BaseModel):
    """GENUINE below the one, SYNTHETIC from the other, UNCERTAIN between."""

    model_config = ConfigDict(from_attributes=True)

    genuine_below: float
    synthetic_from: float


class WarrantyView(BaseModel):
    """How often pictures like this one, which the bundle had not seen, got such a verdict wrongly."""

    domain: str
    tier: str
    basis: Basis
    """Whether the cell is that of the stated domain, or the worst one, and why."""
    measure: Measure
    count: int
    total: int
    rate: float
    low: float
    high: float
    """Of the 95 % interval."""


class EvidenceView(BaseModel):
    """What the detector said, and on what grounds."""

    label: VerdictLabel
    probability: float
    """Calibrated."""
    raw: float
    """The members' weighted mean, before calibration."""
    members: MembersView
    veto: VetoView
    thresholds: ThresholdsView
    bundle_id: str
    reason: str | None
    warranty: WarrantyView | None
    """None where the bundle states no rates."""
    created_at: datetime

    @classmethod
    def of(cls, verdict: StoredVerdict) -> Self:
        """The evidence that lies in a stored verdict."""
        return cls(
            label=verdict.label,
            probability=verdict.probability,
            raw=verdict.raw,
            members=MembersView.model_validate(verdict),
            veto=VetoView(
                applied=verdict.veto_applied,
                probability=verdict.veto_probability,
                overruled=verdict.overruled,
            ),
            thresholds=ThresholdsView.model_validate(verdict),
            bundle_id=verdict.bundle_id,
            reason=verdict.reason,
            warranty=None if verdict.warranty is None else WarrantyView.model_validate(verdict.warranty),
            created_at=verdict.created_at,
        )


class ImageView(BaseModel):
    """The picture that the item is about."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    bucket: str
    key: str
    object_version: str
    format: str
    width: int
    height: int
    uploader: str | None
    domain: str | None
    removed_at: datetime | None


class CaseView(ItemView):
    """One item with its evidence."""

    image: ImageView | None
    evidence: EvidenceView | None
    """None for a refusal, which has no verdict, and while scores are hidden."""
    detail: str | None
    """Why the file was refused, in a sentence."""

    @classmethod
    def of(cls, case: Case) -> Self:
        """The item and what belongs to it."""
        return cls(
            **ItemView.model_validate(case.item).model_dump(),
            image=None if case.image is None else ImageView.model_validate(case.image),
            evidence=None if case.verdict is None else EvidenceView.of(case.verdict),
            detail=None if case.event is None else case.event.detail,
        )


def cursor_of(item: Item) -> str:
    """Where a page ended, as one opaque word, which tells nothing of the item."""
    return base64.urlsafe_b64encode(item.id.bytes).decode().rstrip("=")


def after_of(cursor: str) -> UUID:
    """The item that ``cursor_of`` made a word of.

    Raises:
        Rejected: ``not_found``: the word is none of ours.
    """
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise unknown_page() from None


def unknown_page() -> Rejected:
    """The refusal of a cursor that leads nowhere."""
    return Rejected(Reason.NOT_FOUND, "this page is unknown: begin without `after`")

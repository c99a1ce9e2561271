"""The evidence of one item, as data: templates draw it, scripts get it as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.models.appeals import EvidenceKind
from db.models.review import HumanLabel
from db.models.verdicts import VerdictLabel
from detector.explanation import Explanation
from detector.provenance import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLinks:
    """Addresses of one picture in all its forms, for one viewer and a while."""

    fit_url: str
    """Whole, at most 1,600 pixels a side."""
    full_url: str
    """Whole, pixel by pixel."""
    thumb_url: str
    """At most 320 pixels a side."""
    blurred_url: str
    """A thumbnail in which nothing can be recognised."""
    width: int | None
    """Of the full size; None where it is not known."""
    height: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the file says of its own making."""

    claims: tuple[Claim, ...]
    trouble: str | None = None
    """Why the file could not be read, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of the ensemble."""

    name: str
    probability: float
    weight: float | None
    """Its share of the mean; None where the bundle can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Something that moved the score, to be drawn beside others."""

    words: str
    detail: str | None
    """Its value and where people's pictures have theirs; None for a group of features."""
    contribution: float
    """In log-odds; positive speaks for a generator."""
    share: float
    """Of the strongest one beside it, -1 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What the detector said and why."""

    label: VerdictLabel
    probability: float
    raw: float
    """The members' mean, before calibration."""
    genuine_below: float
    synthetic_from: float
    members: tuple[Member, ...]
    overruled: VerdictLabel | None
    """The verdict that the veto, or its absence, softened."""
    veto: str
    """What the veto did, in a sentence."""
    warranty: str
    """The error rate that applies, in words."""
    steps: tuple[str, ...]
    """From the probability to the verdict, a sentence each; empty where the bundle can't be read."""
    groups: tuple[Bar, ...]
    features: tuple[Bar, ...]
    """The strongest first."""
    training: tuple[str, ...]
    """The pictures of the training that measure most alike, the nearest first."""
    distance: str | None
    """How near they come, in a sentence."""
    learned: str | None
    """That the bundle was trained on this very picture."""
    bundle_id: str
    trouble: str | None
    """Why the verdict can't be explained here, in a sentence."""
    explanation: Explanation | None
    """All of it as data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDecision:
    """An earlier decision on a near-duplicate."""

    item_id: UUID
    opens: bool
    """Whether the viewer may open the item: not where they decided it themselves."""
    label: HumanLabel
    bits: int
    """Of 64, in which the pictures' hashes differ."""
    decided_at: datetime
    picture: PictureLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestCase:
    """A decided picture that measures much like this one."""

    item_id: UUID
    opens: bool
    """Whether the viewer may open the item: not where they decided it themselves."""
    label: HumanLabel
    distance: float
    """Only to be compared with those beside it."""
    decided_at: datetime
    picture: PictureLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class UploaderHistory:
    """What became of the uploader's other pictures: never a reason by itself."""

    uploader: str
    pictures: int
    """The newest ones that were judged; the next four count over them."""
    genuine: int
    synthetic: int
    cannot_tell: int
    waiting: int
    refused: int
    capped: bool
    """There are more, which are not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedPicture:
    """A picture that an appeal shows."""

    kind: EvidenceKind
    name: str
    """The last part of its key."""
    picture: PictureLinks


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """An object that an appeal shows and the console does not open."""

    kind: EvidenceKind
    media: str
    """What its name says that it is, in words."""
    size: int
    """Bytes."""
    place: str
    """Bucket, a slash, key; with its version where the bucket keeps several."""
    sha256: str | None
    """As the platform stated it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What one appeal says and shows: never what it was filed against, nor when, nor by whom."""

    statement: str | None
    pictures: tuple[OfferedPicture, ...]
    files: tuple[OfferedFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the database knows that bears on one item."""

    blind: bool
    """The detector's word and earlier decisions are kept back until a first opinion is given."""
    picture: PictureLinks | None
    """None where nothing names an object."""
    grounds: Grounds | None
    """None where there is no verdict, or it is kept back."""
    history: UploaderHistory | None
    """None where no uploader was named, or it is kept back."""
    offered: tuple[Offered, ...]
    """By each appeal that this round decides, oldest first."""
    near: tuple[NearDecision, ...]
    """Nearest first; empty where they are kept back."""
    nearest: tuple[NearestCase, ...]
    """Nearest first; empty where they are kept back."""

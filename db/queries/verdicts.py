"""Verdicts: written once for each image and bundle, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from db.models import Image, Verdict, VerdictLabel, VerdictOrigin
from db.queries._arrays import as_arrays, given_rows
from db.queries.images import StoredImage

_VERDICTS = Verdict.metadata.tables["verdicts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVerdict:
    """A verdict as the detector gave it. Probabilities lie in [0, 1]."""

    id: UUID
    image_id: UUID
    bundle_id: str
    features_id: UUID
    label: VerdictLabel
    label_before_veto: VerdictLabel
    raw: float
    probability: float
    lightgbm: float
    svm: float
    random_forest: float
    veto_applied: bool
    veto_probability: float | None
    genuine_below: float
    synthetic_from: float
    runtime: str
    precision: str
    stage_ms: dict[str, Any]
    origin: VerdictOrigin
    event_id: UUID | None = None
    reason: str | None = None
    warranty: dict[str, Any] | None = None
    """The measured error rate that applies; None where the bundle states none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVerdict:
    """A verdict as it is stored."""

    id: UUID
    image_id: UUID
    bundle_id: str
    event_id: UUID | None
    features_id: UUID | None
    """None once the vector was erased."""
    label: VerdictLabel
    label_before_veto: VerdictLabel
    raw: float
    probability: float
    lightgbm: float
    svm: float
    random_forest: float
    veto_applied: bool
    veto_probability: float | None
    genuine_below: float
    synthetic_from: float
    runtime: str
    precision: str
    stage_ms: dict[str, Any]
    origin: VerdictOrigin
    reason: str | None
    created_at: datetime
    warranty: dict[str, Any] | None = None

    @property
    def overruled(self) -> VerdictLabel | None:
        """What the scores alone said, where the label is another."""
        return None if self.label_before_veto is self.label else self.label_before_veto


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The verdict that an image has of a bundle."""

    verdict: StoredVerdict
    inserted: bool
    """False where the image had one before, which stands."""

    @property
    def id(self) -> UUID:
        """Of the verdict's row."""
        return self.verdict.id


_OF_IMAGE = tuple(StoredImage.__dataclass_fields__)
_OF_VERDICT = tuple(StoredVerdict.__dataclass_fields__)


def store(session: Session, verdict: NewVerdict) -> Stored:
    """Write a verdict unless the image has one of the same bundle."""
    made = session.execute(_storing(), asdict(verdict)).one_or_none()
    if made is not None:
        return Stored(verdict=StoredVerdict(**made._mapping), inserted=True)
    known = session.scalars(
        select(Verdict).where(Verdict.image_id == verdict.image_id, Verdict.bundle_id == verdict.bundle_id)
    ).one()
    return Stored(verdict=_stored(known), inserted=False)


@cache
def _storing() -> ReturningInsert[Any]:
    """Built once: it is run for every scan."""
    return (
        insert(_VERDICTS)
        .on_conflict_do_nothing(index_elements=[_VERDICTS.c.image_id, _VERDICTS.c.bundle_id])
        .returning(*(_VERDICTS.c[name] for name in _OF_VERDICT))
    )


def store_many(session: Session, verdicts: Sequence[NewVerdict]) -> set[UUID]:
    """Write a page of verdicts, leaving out images that have one of the same bundle.

    Returns:
        The ids of the verdicts that were written.
    """
    if not verdicts:
        return set()
    return set(session.scalars(_storing_many(), as_arrays(verdicts, NewVerdict.__dataclass_fields__)))


@cache
def _storing_many() -> ReturningInsert[UUID]:
    """Insert in the order of the images, so that two pages that overlap can't deadlock."""
    kinds = {name: _VERDICTS.c[name].type for name in NewVerdict.__dataclass_fields__}
    given = given_rows(kinds)
    return (
        insert(_VERDICTS)
        .from_select(list(kinds), select(*given.c).order_by(given.c.image_id))
        .on_conflict_do_nothing(index_elements=[_VERDICTS.c.image_id, _VERDICTS.c.bundle_id])
        .returning(_VERDICTS.c.id)
    )


def find(
    session: Session, bucket: str, key: str, object_version: str, bundle_id: str
) -> StoredVerdict | None:
    """What a bundle said of an object version; None where it has not spoken."""
    given = {"in_bucket": bucket, "of_key": key, "of_version": object_version, "of_bundle": bundle_id}
    verdict = session.execute(_finding(), given).one_or_none()
    return None if verdict is None else StoredVerdict(**verdict._mapping)


@cache
def _finding() -> Select[Any]:
    """Built once, and of columns instead of objects: it is run for every scan."""
    return (
        select(*(getattr(Verdict, name) for name in _OF_VERDICT))
        .join(Image, Image.id == Verdict.image_id)
        .where(
            Image.bucket == bindparam("in_bucket"),
            Image.key == bindparam("of_key"),
            Image.object_version == bindparam("of_version"),
            Verdict.bundle_id == bindparam("of_bundle"),
        )
    )


def of_image(session: Session, image_id: UUID) -> list[StoredVerdict]:
    """All verdicts of an image, newest first."""
    query = select(Verdict).where(Verdict.image_id == image_id)
    rows = session.scalars(query.order_by(Verdict.created_at.desc(), Verdict.id.desc()))
    return [_stored(verdict) for verdict in rows]


def get(session: Session, verdict_id: UUID) -> StoredVerdict | None:
    """One verdict; None where there is none of that id."""
    verdict = session.get(Verdict, verdict_id)
    return None if verdict is None else _stored(verdict)


def with_image(
    session: Session, image_id: UUID | None, verdict_id: UUID | None
) -> tuple[StoredImage | None, StoredVerdict | None]:
    """An image and a verdict of it in one question; None for what has no id or is not there."""
    if image_id is None:
        return None, None if verdict_id is None else get(session, verdict_id)
    given = {"image": image_id, "verdict": verdict_id}
    row = session.execute(_with_image(), given).one_or_none()
    if row is None:
        return None, None
    facts, judged = row[: len(_OF_IMAGE)], row[len(_OF_IMAGE) :]
    verdict = None if judged[0] is None else StoredVerdict(**dict(zip(_OF_VERDICT, judged, strict=True)))
    return StoredImage(**dict(zip(_OF_IMAGE, facts, strict=True))), verdict


@cache
def _with_image() -> Select[Any]:
    """Built once, and of columns instead of objects: it is run with every claim."""
    columns = [getattr(Image, name) for name in _OF_IMAGE]
    columns += [getattr(Verdict, name) for name in _OF_VERDICT]
    same = and_(Verdict.id == bindparam("verdict", type_=Uuid()), Verdict.image_id == Image.id)
    return (
        select(*columns)
        .select_from(Image)
        .outerjoin(Verdict, same)
        .where(Image.id == bindparam("image", type_=Uuid()))
    )


def _stored(verdict: Verdict) -> StoredVerdict:
    return StoredVerdict(**{name: getattr(verdict, name) for name in StoredVerdict.__dataclass_fields__})

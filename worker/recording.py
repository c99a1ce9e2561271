"""Writes what came of a scan: image, features, verdict, review item, message and the event's end, at once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import EventState, ItemKind, MessageKind, VerdictLabel, VerdictOrigin
from db.queries import accusations, claims, features, images, outbox, review, verdicts
from db.queries.claims import Claim
from db.queries.features import NewFeatures
from db.queries.images import NewImage, object_version_of
from db.queries.review import NewItem
from db.queries.verdicts import NewVerdict, StoredVerdict
from detector import DECODE_VERSION, Vector, Verdict
from detector.reasons import Reason
from worker import tracing
from worker.clock import new_id
from worker.scoring import Scored
from worker.storage import FetchedObject
from worker.telling import verdict_told


class LeaseLostError(Exception):
    """Another has taken the event over: what this transaction wrote must be rolled back."""


def record(
    session: Session,
    claim: Claim,
    fetched: FetchedObject,
    scored: Scored,
    stage_ms: dict[str, float],
    *,
    synthetic_limit: int | None = None,
) -> StoredVerdict:
    """Write a scan's outcome and end its event. An earlier verdict of the same bundle stands.

    Args:
        session: in a transaction.
        claim: of the event.
        fetched: the object.
        scored: what came of it.
        stage_ms: how long each stage took.
        synthetic_limit: how often an uploader may be called SYNTHETIC in 24 hours before people are asked
            instead; None for any number.

    Raises:
        LeaseLostError: the claim no longer holds.
    """
    image_id = images.upsert(session, _image(claim, fetched, scored))
    measured = scored.verdict
    vector = new_features(image_id, measured.vector, runtime=measured.runtime, precision=measured.precision)
    features_id = features.store(session, vector)
    given = new_verdict(scored.verdict, image_id, features_id, VerdictOrigin.SCAN)
    given = _within_limit(session, claim, given, synthetic_limit)
    stored = verdicts.store(session, replace(given, stage_ms=stage_ms, event_id=claim.event_id))
    verdict = stored.verdict
    if stored.inserted and verdict.label is VerdictLabel.UNCERTAIN:
        review.open_item(session, _item(claim, verdict))
    conclude(session, claim, verdict)
    return verdict


def new_verdict(given: Verdict, image_id: UUID, features_id: UUID, origin: VerdictOrigin) -> NewVerdict:
    """A verdict as it is stored: the one place that knows both forms."""
    return NewVerdict(
        id=new_id(),
        image_id=image_id,
        bundle_id=given.bundle,
        features_id=features_id,
        label=VerdictLabel(given.label),
        label_before_veto=VerdictLabel(given.veto.overruled or given.label),
        raw=given.raw,
        probability=given.probability,
        lightgbm=given.members["lightgbm"],
        svm=given.members["svm"],
        random_forest=given.members["random_forest"],
        veto_applied=given.veto.applied,
        veto_probability=given.veto.probability,
        genuine_below=given.thresholds.genuine_below,
        synthetic_from=given.thresholds.synthetic_from,
        runtime=given.runtime,
        precision=given.precision,
        stage_ms=dict(given.stage_ms),
        origin=origin,
        reason=given.reason,
        warranty=None if given.warranty is None else given.warranty.as_json(),
    )


def _within_limit(session: Session, claim: Claim, given: NewVerdict, limit: int | None) -> NewVerdict:
    """The verdict, or one that leaves it to people where its uploader was called SYNTHETIC too often."""
    if limit is None or claim.uploader is None or given.label is not VerdictLabel.SYNTHETIC:
        return given
    if accusations.within_limit(session, claim.uploader, limit=limit):
        return given
    # The error rate of a SYNTHETIC does not go with what is left to people.
    return replace(given, label=VerdictLabel.UNCERTAIN, reason=Reason.UPLOADER_LIMIT, warranty=None)


def conclude(session: Session, claim: Claim, verdict: StoredVerdict) -> None:
    """End a claim with a verdict that is written, and tell the platform.

    One that a backfill wrote, which opened no review item, is a question to people from now on.

    Raises:
        LeaseLostError: the claim no longer holds.
    """
    if not claims.finish(session, claim.event_id, claim.lease_number, image_id=verdict.image_id):
        raise LeaseLostError
    if verdict.origin is VerdictOrigin.BACKFILL and verdict.label is VerdictLabel.UNCERTAIN:
        review.open_item(session, _item(claim, verdict))
    subject = outbox.subject_of(claim.bucket, claim.key)
    message = _message(claim, verdict)
    outbox.add(session, new_id(), subject, MessageKind.VERDICT, message, trace=tracing.here())


def named_version(claim: Claim) -> str | None:
    """The object version that the event names; None where it names none."""
    return _real(claim.version_id) or claim.etag


def read_version(claim: Claim, fetched: FetchedObject) -> str:
    """The object version that was read, in the event's words where it has some.

    So an event that comes again finds its image, whatever the storage calls the version.
    """
    return object_version_of(*_version(claim, fetched), _digest(fetched))


def _version(claim: Claim, fetched: FetchedObject) -> tuple[str | None, str | None]:
    return _real(claim.version_id) or fetched.version_id, claim.etag or fetched.etag


def _real(version_id: str | None) -> str | None:
    """The version ``null`` is the one that a bucket without versions overwrites: it tells nothing apart."""
    return None if version_id == "null" else version_id


def _digest(fetched: FetchedObject) -> bytes:
    return hashlib.sha256(fetched.data).digest()


def _image(claim: Claim, fetched: FetchedObject, scored: Scored) -> NewImage:
    version_id, etag = _version(claim, fetched)
    return NewImage(
        id=new_id(),
        bucket=claim.bucket,
        key=claim.key,
        object_version=read_version(claim, fetched),
        version_id=version_id,
        etag=etag,
        sha256=_digest(fetched),
        size=fetched.size,
        format=scored.facts.format,
        width=scored.facts.width,
        height=scored.facts.height,
        perceptual_hash=scored.fingerprint.hash,
        hash_contrast=scored.fingerprint.contrast,
        uploader=claim.uploader,
        domain=claim.domain,
    )


def new_features(image_id: UUID, vector: Vector, *, runtime: str, precision: str) -> NewFeatures:
    """A vector as it is stored: the one place that knows both forms."""
    values, replaced = vector.to_bytes()
    return NewFeatures(
        id=new_id(),
        image_id=image_id,
        schema_id=vector.schema.id,
        backbone_id=vector.schema.embedding,
        decode_version=DECODE_VERSION,
        runtime=runtime,
        precision=precision,
        values=values,
        replaced=replaced,
        length=len(vector.values),
    )


def _item(claim: Claim, verdict: StoredVerdict) -> NewItem:
    return NewItem(
        id=new_id(),
        kind=ItemKind.UNCERTAIN,
        priority=verdict.probability,  # what is most likely synthetic is looked at first
        image_id=verdict.image_id,
        event_id=claim.event_id,
        verdict_id=verdict.id,
        reason=verdict.reason,
    )


def _message(claim: Claim, verdict: StoredVerdict) -> dict[str, Any]:
    """What the platform is told of a verdict."""
    return {
        "event_id": str(claim.event_id),
        "bucket": claim.bucket,
        "key": claim.key,
        "version_id": claim.version_id,
        "etag": claim.etag,
        "state": EventState.DONE.value,
        **verdict_told(verdict),
    }

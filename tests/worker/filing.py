"""Rows that tests of the worker begin with: an upload, its picture, its vector, its verdict."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from db.models import EventKind, ItemKind, VerdictLabel, VerdictOrigin
from db.queries import bundles, events, features, images, review, verdicts
from worker.clock import new_id

WARRANTY = {
    "domain": "photo",
    "tier": "clean",
    "basis": "unstated",
    "measure": "uncertain",
    "count": 30,
    "total": 100,
    "rate": 0.3,
    "low": 0.2189,
    "high": 0.3958,
}
"""The error rate of every verdict that is filed."""
BUNDLE = hashlib.sha256(b"a bundle").hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """Ids of the rows of one picture."""

    event: UUID
    image: UUID
    features: UUID
    verdict: UUID
    item: UUID


def file_bundle(session: Session, bundle_id: str = BUNDLE) -> str:
    """Register a bundle that nothing is loaded from."""
    bundles.register(session, bundle_id, name="test", manifest={}, location="nowhere")
    return bundle_id


def file_event(session: Session, bucket: str, key: str) -> UUID:
    """An upload event that waits."""
    identity = hashlib.sha256(f"{bucket}/{key}".encode()).digest()
    event = events.NewEvent(
        id=new_id(), identity=identity, system="test", kind=EventKind.CREATED, bucket=bucket, key=key
    )
    return events.insert_events(session, [event])[0].id


def file_image(session: Session, bucket: str, key: str, **given: Any) -> UUID:
    """A picture that was fetched."""
    digest = hashlib.sha256(key.encode()).digest()
    facts: dict[str, Any] = {
        "id": new_id(),
        "bucket": bucket,
        "key": key,
        "object_version": images.object_version_of(None, given.get("etag"), digest),
        "version_id": None,
        "etag": None,
        "sha256": digest,
        "size": 1000,
        "format": "PNG",
        "width": 640,
        "height": 480,
    }
    return images.upsert(session, images.NewImage(**(facts | given)))


def file_vector(session: Session, image: UUID, schema_id: str, values: list[float]) -> UUID:
    """A stored vector without replaced values."""
    return features.store(
        session,
        features.NewFeatures(
            id=new_id(),
            image_id=image,
            schema_id=schema_id,
            backbone_id="none",
            decode_version=1,
            runtime="torch",
            precision="fp32",
            values=struct.pack(f"<{len(values)}f", *values),
            replaced=bytes((len(values) + 7) // 8),
            length=len(values),
        ),
    )


def file_uncertain(
    session: Session,
    bucket: str,
    key: str,
    *,
    priority: float = 0.5,
    probability: float = 0.75,
    **image_facts: Any,
) -> Filed:
    """A picture whose verdict is UNCERTAIN, with the review item that it opened."""
    bundle = file_bundle(session)
    event = file_event(session, bucket, key)
    image = file_image(session, bucket, key, **image_facts)
    vector = file_vector(session, image, "test.v1", [0.0, 1.0])
    verdict = verdicts.store(
        session,
        verdicts.NewVerdict(
            id=new_id(),
            image_id=image,
            bundle_id=bundle,
            event_id=event,
            features_id=vector,
            label=VerdictLabel.UNCERTAIN,
            label_before_veto=VerdictLabel.SYNTHETIC if probability >= 0.65 else VerdictLabel.UNCERTAIN,
            raw=0.7,
            probability=probability,
            lightgbm=0.6,
            svm=0.8,
            random_forest=0.7,
            veto_applied=probability >= 0.65,
            veto_probability=0.2 if probability >= 0.65 else None,
            genuine_below=0.35,
            synthetic_from=0.65,
            runtime="torch",
            precision="fp32",
            stage_ms={},
            origin=VerdictOrigin.SCAN,
            warranty=WARRANTY,
        ),
    ).id
    item = review.open_item(
        session,
        review.NewItem(
            id=new_id(),
            kind=ItemKind.UNCERTAIN,
            priority=priority,
            image_id=image,
            event_id=event,
            verdict_id=verdict,
        ),
    )
    return Filed(event=event, image=image, features=vector, verdict=verdict, item=item)

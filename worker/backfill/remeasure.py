"""Pictures without a vector of a bundle's schema: fetched again, decoded and measured anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db.queries import features, images
from db.queries.features import StoredVector
from detector import Detector
from detector.reasons import Rejected
from worker.backfill.gallery import Gallery
from worker.recording import new_features


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of some pictures."""

    vectors: Sequence[StoredVector]
    """Stored, in the order of their images."""
    gone: Sequence[UUID]
    """Images whose pictures can't be had or measured any more."""
    last: UUID
    """Image of the last picture that was asked for."""


def remeasure(
    session: Session,
    detector: Detector,
    gallery: Gallery,
    image_ids: Sequence[UUID],
    *,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Measured:
    """Measure pictures in their order, until time is up; at least the first one.

    A picture that was removed, replaced or erased, or that this version refuses, is counted and passed over.

    Raises:
        Transient: a picture can't be had just now; nothing of the page counts.
    """
    until = clock() + seconds
    vectors: list[StoredVector] = []
    gone: list[UUID] = []
    looked = 0
    for image_id in image_ids:
        if looked and clock() >= until:
            break
        looked += 1
        vector = _measure(session, detector, gallery, image_id)
        if vector is None:
            gone.append(image_id)
        else:
            vectors.append(vector)
    return Measured(vectors=vectors, gone=gone, last=image_ids[looked - 1])


def _measure(session: Session, detector: Detector, gallery: Gallery, image_id: UUID) -> StoredVector | None:
    image = images.get(session, image_id)
    if image is None:
        return None
    try:
        vector = detector.vector(gallery.picture(image))
    except Rejected:
        return None
    stored = new_features(image_id, vector, runtime=detector.runtime, precision=detector.precision)
    return features.get(session, features.store(session, stored))

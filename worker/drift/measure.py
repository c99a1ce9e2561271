"""Measures what came of late against a bundle's first week, from samples out of PostgreSQL.

The first week, not the training: a bundle remembers how people's pictures of its corpus measured, and
uploads, which are a mixture and were compressed by others, would drift from that on the first day and for
ever. What tells of change is what the bundle met when it was put in charge here. A week holds the course of
each day and the weekend; an installation with few uploads waits until there are enough.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from db.models import DriftDay
from db.models.bundles import DEFAULT_NAME
from db.queries import daily, drift, drift_samples
from db.queries.drift import StoredReference
from db.queries.sweeps import moment
from worker.drift.comparison import compare
from worker.drift.layout import handcrafted
from worker.drift.reference import Reference, Sample

LEAST = 500
"""Scans of a reference."""
WEEK, DAY = timedelta(days=7), timedelta(days=1)
FEW = 200
"""Where a day has fewer scans than this, the week until now is measured in its place."""
_HOUR = timedelta(hours=1)
_REFERENCE_AN_HOUR, _LATE_AN_HOUR = 24, 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Why there is nothing to compare with yet."""

    bundle_id: str | None
    """The bundle that judges; None where none ever did."""
    scans: int
    """That it has made, counted up to ``LEAST``."""
    ends_at: datetime | None
    """When its first week ends."""


def measure(session: Session) -> dict[str, Any] | Waiting:
    """Reckon and keep today's figures of the bundle that judges; make its reference when it is time to.

    Raises:
        ValueError: a vector or a reference is not what it says it is.
    """
    bundle_id = drift.speaking(session, DEFAULT_NAME)
    if bundle_id is None:
        return Waiting(bundle_id=None, scans=0, ends_at=None)
    now = moment(session)
    reference = drift.reference(session, bundle_id) or _make(session, bundle_id, now)
    if isinstance(reference, Waiting):
        return reference
    figures = _figures(session, bundle_id, reference, now)
    daily.keep(session, DriftDay, bundle_id, figures)
    return figures


def _make(session: Session, bundle_id: str, now: datetime) -> StoredReference | Waiting:
    """Make the reference, if the first week is over and has scans enough."""
    first = drift_samples.first_scan(session, bundle_id)
    if first is None:
        return Waiting(bundle_id=bundle_id, scans=0, ends_at=None)
    last = drift_samples.nth_scan(session, bundle_id, LEAST)
    hours = 0 if last is None else math.floor((last - first) / _HOUR) + 1
    end = first + max(WEEK, hours * _HOUR)
    if last is None or end > now:
        scans = drift_samples.scans_since(session, bundle_id, first, at_most=LEAST)
        return Waiting(bundle_id=bundle_id, scans=scans, ends_at=first + WEEK)
    rows = drift_samples.spread(session, bundle_id, first, end, an_hour=_REFERENCE_AN_HOUR)
    known = Counter(schema_id for _, schema_id, _ in rows if schema_id is not None)
    schema_id = known.most_common(1)[0][0] if known else None
    sample = _sample(rows, schema_id)
    made = StoredReference(
        schema_id=schema_id,
        begins_at=first,
        ends_at=end,
        scans=len(sample.scores),
        vectors=len(sample.vectors),
        parts=Reference.of(sample, len(handcrafted(schema_id or ""))).to_bytes(),
    )
    drift.keep_reference(session, bundle_id, made)
    return made


def _figures(session: Session, bundle_id: str, reference: StoredReference, now: datetime) -> dict[str, Any]:
    scans = drift_samples.scans_since(session, bundle_id, now - DAY, at_most=FEW)
    length = DAY if scans == FEW else WEEK
    begin = max(now - length, reference.ends_at)
    rows = drift_samples.spread(session, bundle_id, begin, now, an_hour=_LATE_AN_HOUR) if begin < now else []
    sample = _sample(rows, reference.schema_id)
    known = {
        "begin": begin.isoformat(),
        "scans": len(sample.scores),
        "vectors": len(sample.vectors),
        "reference": {
            "begin": reference.begins_at.isoformat(),
            "end": reference.ends_at.isoformat(),
            "scans": reference.scans,
            "vectors": reference.vectors,
        },
    }
    if not rows:
        return known
    features = handcrafted(reference.schema_id or "")
    return known | compare(Reference.from_bytes(reference.parts), sample, features)


def _sample(rows: Sequence[tuple[float, str | None, bytes | None]], schema_id: str | None) -> Sample:
    """Scores of all rows, and the vectors of one schema."""
    scores = np.array([probability for probability, _, _ in rows], dtype=np.float32)
    vectors = [values for _, of, values in rows if values is not None and of == schema_id]
    joined = np.frombuffer(b"".join(vectors), dtype="<f4").astype(np.float32)
    sample = Sample(scores=scores, vectors=joined.reshape(len(vectors), -1 if vectors else 0))
    if vectors and sample.vectors.shape[1] < len(handcrafted(schema_id or "")):
        raise ValueError(f"a vector of {sample.vectors.shape[1]} numbers is none of {schema_id}")
    return sample

"""Decided cases that measure most like a picture: what was decided on pictures of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from db.queries import decided
from db.queries.decided import DecidedVector
from detector.bundle import Bundle
from detector.memory import NEAR_BITS
from detector.vector import Values
from worker.console.evidence.grounds import bundle_for
from worker.console.evidence.records import NearestCase
from worker.console.evidence.showing import links_to
from worker.console.pictures.subject import Subject, SubjectKind
from worker.console.sources import Sources
from worker.evidence.filed import FiledVerdict

_COMPARED = 2_000
"""The newest decisions that a picture is compared with."""
_SHOWN = 4
_ASKED = 24
"""Of these, the nearest that are not the viewer's own uploads are shown."""
_MOST = 5.0
"""Spreads from the mean at which a number is held where the bundle has no space of its own."""

Rows: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """Decided pictures in a space where alike ones lie close together."""

    cases: tuple[DecidedVector, ...]
    points: Rows
    """(n, k)"""
    mean: Values
    scale: Values
    """(d,) of the vectors, for where the bundle has no space of its own."""

    def distances(self, bundle: Bundle, values: Values) -> Rows:
        """(n,) from a vector, (d,)."""
        point = _placed(bundle, values[None], self.mean, self.scale)
        return np.asarray(np.linalg.norm(self.points - point, axis=1), dtype=np.float64)


def nearest_to(
    sources: Sources, session: Session, filed: FiledVerdict, viewer: str
) -> tuple[NearestCase, ...]:
    """The decided cases nearest to a picture, other than the picture itself and its near-duplicates.

    Raises:
        Fault: the bundle can't be read here.
        ValueError: the stored vector is not one of the bundle's schema.
    """
    bundle = bundle_for(sources, filed)
    values = filed.given(bundle.schema).vector.values
    known: _Decided = sources.decided.get(bundle.id, lambda: (_read(session, bundle), 1))
    distances = known.distances(bundle, values)
    order = np.argsort(distances, kind="stable")
    others = [place for place in order if not _is_same(filed, known.cases[place])][:_ASKED]
    opens = decided.shown_to(session, [known.cases[place].item_id for place in others], viewer)
    shown = [place for place in others if known.cases[place].item_id in opens][:_SHOWN]
    return tuple(
        _case(sources, known.cases[place], float(distances[place]), opens, viewer) for place in shown
    )


def _case(
    sources: Sources, case: DecidedVector, distance: float, opens: Mapping[UUID, bool], viewer: str
) -> NearestCase:
    subject = Subject(kind=SubjectKind.IMAGE, id=case.image_id)
    return NearestCase(
        item_id=case.item_id,
        opens=opens[case.item_id],
        label=case.label,
        distance=distance,
        decided_at=case.decided_at,
        picture=links_to(sources.links, subject, viewer, width=case.width, height=case.height),
    )


def _is_same(filed: FiledVerdict, case: DecidedVector) -> bool:
    mine, other = filed.image.perceptual_hash, case.perceptual_hash
    alike = mine is not None and other is not None and (mine ^ other).bit_count() <= NEAR_BITS
    return alike or case.image_id == filed.image.id or case.sha256 == filed.image.sha256


def _read(session: Session, bundle: Bundle) -> _Decided:
    length = bundle.schema.length
    stored = decided.newest(session, bundle.schema.id, limit=_COMPARED)
    cases = tuple(case for case in stored if len(case.values) == 4 * length)
    rows = np.frombuffer(b"".join(case.values for case in cases), dtype="<f4").astype(np.float32)
    rows = rows.reshape(len(cases), length)
    mean = rows.mean(axis=0) if cases else np.zeros(length, dtype=np.float32)
    spread = rows.std(axis=0) if cases else np.ones(length, dtype=np.float32)
    scale = np.where(spread > 0, spread, 1).astype(np.float32)
    return _Decided(cases=cases, points=_placed(bundle, rows, mean, scale), mean=mean, scale=scale)


def _placed(bundle: Bundle, rows: Values, mean: Values, scale: Values) -> Rows:
    if bundle.memory is not None:
        return bundle.memory.space.coordinates(rows).astype(np.float64)
    return np.clip((rows.astype(np.float64) - mean) / scale, -_MOST, _MOST)

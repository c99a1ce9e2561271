"""A bundle as the judge of stored vectors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from db.models import VerdictOrigin
from db.queries import images
from db.queries.features import StoredVector
from db.queries.verdicts import NewVerdict
from detector import DecodeLimits, Detector, Picture, Vector, Verdict
from detector.reasons import Reason, Rejected
from worker import bundles
from worker.backfill.gallery import Gallery, StoredPictures
from worker.backfill.remeasure import Measured, remeasure
from worker.backfill.run import Judged
from worker.decoding import DecoderProcess
from worker.recording import new_verdict
from worker.settings import Settings
from worker.storage import Storage, make_client

_SECONDS = 5.0
"""Time after which a page is cut off; scoring alone needs a fraction of a second, pictures much more."""


class BundleJudge:
    """See `worker.backfill.run.Judge`.

    Args:
        detector: the loaded bundle.
        gallery: asked for pictures of would-be SYNTHETIC ones, where the bundle has a veto.
        seconds: after which a page ends behind the vector at hand, so that a lock is never held for long.
    """

    def __init__(
        self,
        detector: Detector,
        gallery: Gallery,
        *,
        seconds: float = _SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._detector = detector
        self._gallery = gallery
        self._seconds = seconds
        self._clock = clock

    @property
    def bundle_id(self) -> str:
        """Id of the bundle."""
        return self._detector.bundle.id

    @property
    def schema_id(self) -> str:
        """Schema of the vectors that it scores."""
        return self._detector.bundle.schema.id

    def judge(self, session: Session, vectors: Sequence[StoredVector]) -> Judged:
        """Judge vectors in their order, until time is up; at least the first one.

        Raises:
            Transient: a picture that the veto needs can't be had just now.
        """
        until = self._clock() + self._seconds
        readable = {stored.id: vector for stored, vector in self._read(vectors)}
        known = [stored for stored in vectors if stored.id in readable]
        stated = images.domains_of(session, [stored.image_id for stored in known])
        verdicts = self._detector.judge_stored(
            list(readable.values()),
            lambda number: self._picture(session, known[number]),
            [stated.get(stored.image_id) for stored in known],
        )
        made: list[NewVerdict] = []
        looked = 0
        for stored in vectors:
            if looked and self._clock() >= until:
                break
            looked += 1
            if stored.id in readable:
                made.append(_stored_form(next(verdicts), stored))
        return Judged(
            verdicts=made, last=vectors[looked - 1].image_id, scored=len(made), failed=looked - len(made)
        )

    def remeasure(self, session: Session, image_ids: Sequence[UUID]) -> Measured:
        """Fetch and measure pictures in their order, until time is up; at least the first one.

        Raises:
            Transient: a picture can't be had just now.
        """
        return remeasure(
            session, self._detector, self._gallery, image_ids, seconds=self._seconds, clock=self._clock
        )

    def count_synthetic(self, vectors: Sequence[StoredVector]) -> int:
        """How many of the vectors would need their picture: none where the bundle has no veto."""
        count = self._detector.count_synthetic([vector for _, vector in self._read(vectors)])
        return count if self._detector.has_veto else 0

    def register(self, session: Session, path: Path) -> None:
        """Make the bundle at `path` known to the database, before a run of it begins."""
        bundles.register(session, self._detector, path)

    def _read(self, vectors: Sequence[StoredVector]) -> Iterable[tuple[StoredVector, Vector]]:
        """The vectors that can be read."""
        for stored in vectors:
            try:
                vector = Vector.from_bytes(self._detector.bundle.schema, stored.values, stored.replaced)
            except ValueError:
                continue
            yield stored, vector

    def _picture(self, session: Session, stored: StoredVector) -> Picture:
        image = images.get(session, stored.image_id)
        if image is None:
            raise Rejected(Reason.OBJECT_MISSING, "the image is no longer known")
        return self._gallery.picture(image)


@contextmanager
def open_judge(settings: Settings, bundle: Path) -> Iterator[BundleJudge]:
    """The judge of the bundle at a path.

    Raises:
        Fault: the bundle or its weights are not what they should be.
    """
    with closing(open_gallery(settings)) as gallery:
        yield BundleJudge(bundles.open_bundle(bundle, settings), gallery)


def open_registered_judge(
    settings: Settings, sessions: sessionmaker[Session], gallery: Gallery, bundle_id: str
) -> BundleJudge:
    """The judge of the bundle that the database knows by this id.

    Raises:
        Fault: it can't be loaded here.
    """
    return BundleJudge(bundles.open_registered(bundle_id, settings, sessions), gallery)


def open_gallery(settings: Settings) -> StoredPictures:
    """The pictures in the storage; no process is started before one is asked for."""
    limits = DecodeLimits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
    return StoredPictures(
        Storage(make_client(settings), seconds=settings.s3_fetch_seconds),
        DecoderProcess(limits, seconds=settings.decode_seconds, memory=settings.decode_memory),
        max_bytes=settings.max_bytes,
    )


def _stored_form(given: Verdict, stored: StoredVector) -> NewVerdict:
    """The verdict with the marks of the vector that it was made of."""
    verdict = new_verdict(given, stored.image_id, stored.id, VerdictOrigin.BACKFILL)
    return replace(verdict, runtime=stored.runtime, precision=stored.precision)

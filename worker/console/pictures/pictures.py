"""Fetches, decodes and encodes pictures for whoever looks at them, each as seldom as can be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from sqlalchemy.orm import Session, sessionmaker

from db.queries import places
from db.queries.places import Place
from detector.provenance import Claim, claims
from detector.reasons import Reason, Rejected
from worker.console.pictures import renditions
from worker.console.pictures.decoders import Decoders
from worker.console.pictures.keeping import Keeping
from worker.console.pictures.renditions import Rendition
from worker.console.pictures.subject import Subject, SubjectKind, Variant
from worker.settings import Settings
from worker.storage import Storage, make_client

_FINDS = {
    SubjectKind.IMAGE: places.of_image,
    SubjectKind.EVENT: places.of_event,
    SubjectKind.EVIDENCE: places.of_evidence,
}


class Pictures:
    """The pictures of one console process. Any thread may ask.

    Args:
        settings: the storage, and what decoding and keeping may cost.
        makes: makes a session of the database.
    """

    def __init__(self, settings: Settings, makes: sessionmaker[Session]) -> None:
        self._settings = settings
        self._makes = makes
        self._decoders = Decoders(settings)
        self._keeping = Keeping(settings.picture_cache, settings.picture_link_seconds)

    def rendition(self, subject: Subject, variant: Variant) -> Rendition:
        """A picture in one form.

        Raises:
            Rejected: ``not_found``, ``removed``; as the storage and the decoder do: it can't be had.
            Transient: ``storage_unavailable``, ``pictures_busy``: not now.
        """
        if variant is Variant.FULL:
            found: Rendition = self._keeping.get((subject, "full"), lambda: self._full(subject))
            return found
        several: Mapping[Variant, Rendition] = self._keeping.get(
            (subject, "small"), lambda: self._small(subject)
        )
        return several[variant]

    def claims(self, subject: Subject) -> tuple[Claim, ...]:
        """What the file says of its own making.

        Raises:
            Rejected, Transient: as for ``rendition``, but for what decoding comes to.
        """
        found: tuple[Claim, ...] = self._keeping.get(
            (subject, "claims"), lambda: (claims(self._file(subject)), 1)
        )
        return found

    @property
    def max_bytes(self) -> int:
        """Of a file that is opened."""
        return self._settings.max_bytes

    def warm_up(self) -> None:
        """Make the storage's client, which takes a while."""
        _ = self._storage

    def close(self) -> None:
        """End what decodes."""
        self._decoders.close()

    @cached_property
    def _storage(self) -> Storage:
        return Storage(make_client(self._settings), seconds=self._settings.s3_fetch_seconds)

    def _small(self, subject: Subject) -> tuple[Mapping[Variant, Rendition], int]:
        data = self._file(subject)
        with self._decoders.lent() as decoder:
            made = renditions.small(decoder.decode(data).rgb)
        return made, sum(len(rendition.data) for rendition in made.values())

    def _full(self, subject: Subject) -> tuple[Rendition, int]:
        data = self._file(subject)
        with self._decoders.lent() as decoder:
            made = renditions.full(decoder.decode(data).rgb)
        return made, len(made.data)

    def _file(self, subject: Subject) -> bytes:
        found: bytes = self._keeping.get((subject, "file"), lambda: self._fetched(subject))
        return found

    def _fetched(self, subject: Subject) -> tuple[bytes, int]:
        place = self._place(subject)
        if place.bucket not in self._settings.buckets:
            raise Rejected(Reason.BUCKET_NOT_ALLOWED, "the picture lies in a bucket that is not allowed")
        data = self._storage.fetch(
            place.bucket,
            place.key,
            version_id=place.version_id,
            etag=place.etag,
            max_bytes=self._settings.max_bytes,
        ).data
        if place.sha256 is not None and hashlib.sha256(data).digest() != place.sha256:
            raise Rejected(Reason.OBJECT_CHANGED, _other_bytes(subject))
        return data, len(data)

    def _place(self, subject: Subject) -> Place:
        with self._makes() as session:
            place = _FINDS[subject.kind](session, subject.id)
        if place is None:
            raise Rejected(Reason.NOT_FOUND, f"there is no {subject.kind} {subject.id}")
        if place.removed_at is not None:
            raise Rejected(Reason.REMOVED, "it was removed from the storage")
        return place


def _other_bytes(subject: Subject) -> str:
    if subject.kind is SubjectKind.EVIDENCE:
        return "the object's SHA-256 is not the one that was stated with the appeal"
    return "the object was replaced after its picture was judged"

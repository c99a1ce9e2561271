"""Pictures of stored images, for the one question that a vector can't answer: the veto's."""

from __future__ import annotations

import hashlib
from typing import Protocol

from db.queries.images import StoredImage
from detector import Picture
from detector.reasons import Reason, Rejected
from worker.scoring import Decodes
from worker.storage import Storage


class Gallery(Protocol):
    """Gives pictures back as they were when their vectors were measured."""

    def picture(self, image: StoredImage) -> Picture:
        """The pixels.

        Raises:
            Rejected: they can't be had any more.
            Transient: not now; the page is to be tried again later.
        """


class StoredPictures:
    """The gallery that lies in the object storage."""

    def __init__(self, storage: Storage, decoder: Decodes, *, max_bytes: int) -> None:
        self._storage = storage
        self._decoder = decoder
        self._max_bytes = max_bytes

    def picture(self, image: StoredImage) -> Picture:
        """Fetch the stored version and decode it; other bytes under the same name are refused."""
        if image.removed_at is not None:
            raise Rejected(Reason.REMOVED, "the picture was removed")
        fetched = self._storage.fetch(
            image.bucket,
            image.key,
            version_id=image.version_id,
            etag=image.etag,
            max_bytes=self._max_bytes,
        )
        if hashlib.sha256(fetched.data).digest() != image.sha256:
            raise Rejected(Reason.OBJECT_CHANGED, "the object was replaced after its picture was measured")
        return self._decoder.decode(fetched.data)

    def close(self) -> None:
        """End the decoder process."""
        self._decoder.close()

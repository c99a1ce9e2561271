"""Vectors of many pictures, measured once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from detector.evaluation.deliveries import EVERY
from detector.measuring import Measured
from detector.reasons import Reason
from detector.vector import Vector, VectorSchema
from worker.extraction.children import work_on
from worker.extraction.order import MeasuringOrder
from worker.extraction.store import Store
from worker.extraction.wanted import Job, Record, Wanted

Advance: TypeAlias = Callable[[int], None]
"""Takes how many pictures are done."""

_FOR_EVER = frozenset(
    {
        Reason.EMPTY,
        Reason.TOO_SMALL,
        Reason.UNSUPPORTED_FORMAT,
        Reason.TRUNCATED,
        Reason.CORRUPT,
        Reason.EXTRACTION_FAILED,
    }
)
"""What the file alone decides. Other reasons depend on the settings, the machine or the moment, so those
pictures are tried again."""


class Extraction:
    """Measures pictures in one way, on several processes, and remembers what it measured.

    Args:
        folder: of the cache; made where it is absent, and shared by all ways of measuring.
        measuring: the way; it is opened once here, to know what its numbers are.
        children: processes, of one thread each.

    Raises:
        Fault: the backbone's weights are missing or are another network's.
    """

    def __init__(self, folder: Path, measuring: MeasuringOrder, children: int) -> None:
        opened = measuring.open()
        self.schema = opened.schema
        """Of the vectors."""
        self.runtime = opened.runtime
        self.precision = opened.precision
        self._folder = folder
        self._order = replace(measuring, precision=None if measuring.embedding is None else opened.precision)
        self._key = measuring.key(opened)
        self._children = children

    def vectors(self, wanted: Sequence[Wanted], *, advance: Advance) -> list[Vector | Reason]:
        """The vector of each picture, or why it has none, in their order. Raises as ``measured`` does."""
        return [each.vector for each in self.measured(wanted, advance=advance)]

    def measured(self, wanted: Sequence[Wanted], *, advance: Advance) -> list[Measured]:
        """What is known of each picture, in their order.

        What is measured is stored at once; a later call, also of another process, measures the rest alone.
        A picture that can't be measured has a reason and never a vector.

        Args:
            wanted: files that are named several times are decoded once.
            advance: is told how many are done.

        Raises:
            Fault: ``cache_unusable``, or no process can be started.
            ValueError: there is no such delivery.
        """
        if unknown := {each.delivery for each in wanted} - set(EVERY):
            raise ValueError(f"there are no deliveries called {', '.join(sorted(unknown))}")
        store = Store(self._folder, self._key)
        gathering = _Gathering(wanted, store, self.schema, advance)
        try:
            for job, record in work_on(gathering.jobs(), self._order, self._children):
                gathering.take(job, record)
        finally:
            store.close()
        return [gathering.found[place] for place in range(len(wanted))]


class _Gathering:
    """One call's pictures: those that are known, those that are to be measured, and what came of each."""

    def __init__(
        self, wanted: Sequence[Wanted], store: Store, schema: VectorSchema, advance: Advance
    ) -> None:
        self.found: dict[int, Measured] = {}
        """By place in what was wanted."""
        self._store = store
        self._schema = schema
        self._advance = advance
        self._digests: dict[Path, str] = {}
        self._places: dict[Path, dict[str, list[int]]] = {}
        for place, each in enumerate(wanted):
            self._places.setdefault(each.file, {}).setdefault(each.delivery, []).append(place)

    def jobs(self) -> Iterator[Job]:
        """What is not known, file by file; what is known is settled on the way."""
        for file, deliveries in self._places.items():
            try:
                with file.open("rb") as stream:
                    digest = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError:
                digest = ""
            self._digests[file] = digest
            unknown = tuple(delivery for delivery in deliveries if not self._known(file, digest, delivery))
            if unknown:
                yield Job(file=file, deliveries=unknown)

    def take(self, job: Job, record: Record) -> None:
        """Settle what was measured, and remember it unless the moment may have decided it."""
        if not record.sha256:
            record = replace(record, sha256=self._digests[job.file])
        if record.sha256 and (record.reason is None or record.reason in _FOR_EVER):
            self._store.keep(record)
        self._settle(job.file, record, fresh=True)

    def _known(self, file: Path, digest: str, delivery: str) -> bool:
        if not digest:
            record: Record | None = Record(sha256="", delivery=delivery, reason=Reason.FILE_UNREADABLE)
        else:
            record = self._store.find(digest, delivery)
        if record is None:
            return False
        self._settle(file, record, fresh=False)
        return True

    def _settle(self, file: Path, record: Record, *, fresh: bool) -> None:
        told = _told(record, self._schema, fresh=fresh)
        for place in self._places[file][record.delivery]:
            self.found[place] = told
        self._advance(len(self.found))


def _told(record: Record, schema: VectorSchema, *, fresh: bool) -> Measured:
    """What a record says."""
    reason = record.reason
    return Measured(
        sha256=record.sha256,
        vector=Vector.from_bytes(schema, record.values, record.replaced)
        if reason is None
        else Reason(reason),
        width=record.width,
        height=record.height,
        perceptual_hash=record.perceptual_hash,
        fresh=fresh,
    )

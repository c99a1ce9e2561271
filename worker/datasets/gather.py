"""Gathers the pictures of a manifest into a folder; killed at any moment and called again, it goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from detector.decode import MIN_SIDE
from detector.perceptual import perceptual_hash
from detector.picture import Picture
from detector.reasons import ArtgateError, Reason, Rejected
from detector.training.corpus import Origin
from worker.datasets.finish import Finished, begin_anew, finish
from worker.datasets.journal import Journal, Kept, Refused, open_journal, write_whole
from worker.datasets.manifest import Loaded, digest
from worker.datasets.reading import Place, read
from worker.datasets.record import Bookmark, Record
from worker.datasets.seen import Seen
from worker.datasets.selection import Quota, Said, is_in_part, is_wanted, said_of
from worker.datasets.sources import Source

Examine = Callable[[bytes], Picture]
"""Decodes a file, or raises Rejected."""
_Known = tuple[str, Origin, str]
"""SHA-256, label and split of a picture that was kept."""
_ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "TIFF": "tif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What gathering needs besides the manifest."""

    examine: Examine
    max_bytes: int
    """Largest file that is read or fetched."""
    advance: Callable[[int], None]
    """Told how many pictures are kept in all."""
    tell: Callable[[str], None]
    """Told what goes wrong, a line at a time."""


def gather(loaded: Loaded, folder: Path, means: Means, *, left_out: Collection[str] = ()) -> Finished:
    """Fetch, check and keep every picture that the manifest names, then write the folder's manifest.csv.

    A source that can't be had does not keep the others from being gathered; while one is missing there is no
    manifest.csv.

    Args:
        loaded: the manifest.
        folder: where the pictures go; what it has of an earlier call stays.
        means: what it takes.
        left_out: names of sources to do without.

    Raises:
        Rejected: ``dataset_invalid``: a source can't be used as it is described; ``dataset_leaks``: the
            splits share what they must not.
        Fault, Transient: ``dataset_unavailable``: a source can't be had.
    """
    sources = loaded.manifest.sources
    split_of = {source.name: source.split for source in sources}
    place = Place(ground=loaded.ground, seed=loaded.manifest.seed, max_bytes=means.max_bytes)
    run = _Run(folder=folder, place=place, means=means, known=set())
    _expect_known(left_out, split_of)
    missing: list[ArtgateError] = []
    told: set[str] = set()
    with open_journal(folder) as journal:
        _expect_all(journal.entries, split_of, folder)
        begin_anew(folder)
        means.advance(journal.count)
        run.known.update((kept.sha256, kept.said.label, split_of[kept.entry]) for kept in journal.kept)
        for source in sources:
            if source.name in left_out:
                continue
            journal.begin(source.name, digest(source, loaded.manifest.seed))
            if journal.is_complete(source.name):
                continue
            try:
                _OneSource(source, journal, run).gather()
            except ArtgateError as error:
                missing.append(error)
                means.tell(_short(error, source, told))
                told.add(source.obtain)
        if missing:
            raise _together(missing)
        return finish(loaded.manifest, journal, folder, left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What the sources of one gathering share."""

    folder: Path
    place: Place
    means: Means
    known: set[_Known]


class _OneSource:
    """The gathering of one source."""

    def __init__(self, source: Source, journal: Journal, run: _Run) -> None:
        self._source = source
        self._journal = journal
        self._run = run
        self._quota = Quota(source)
        self._seen = Seen(source)
        for kept in journal.kept:
            if kept.entry == source.name:
                self._quota.take(kept.said)

    def gather(self) -> None:
        """Try row after row until there are enough, or no more."""
        name = self._source.name
        for item in read(self._source, self._run.place, self._journal.bookmark(name)):
            if self._quota.is_full:
                break
            if isinstance(item, Bookmark):
                self._journal.mark(name, item.place)
            else:
                self._seen.row(item.columns)
                if not self._journal.is_handled(name, item.key) and is_wanted(self._source, item.columns):
                    self._try(item)
        if not self._quota.has_taken:
            raise self._seen.fruitless()
        self._journal.complete(name)

    def _try(self, record: Record) -> None:
        try:
            said = said_of(self._source, record.columns)
            if self._quota.has_room(said) and is_in_part(self._source, said):
                self._take(record, said)
        except Rejected as error:
            if error.reason is Reason.DATASET_INVALID:
                raise
            self._journal.refuse(
                Refused(
                    entry=self._source.name, key=record.key, reason=error.reason.value, message=error.message
                )
            )
            if not self._quota.has_taken:
                self._seen.refused(error.reason)

    def _take(self, record: Record, said: Said) -> None:
        data = record.fetch()
        hashed = hashlib.sha256(data)
        part = self._source.part
        if part is not None and part.by == "picture" and not part.holds(hashed.digest()):
            return
        self._expect_new(hashed.hexdigest(), said)
        picture = self._run.means.examine(data)
        facts = picture.facts
        if min(facts.width, facts.height) < MIN_SIDE:
            raise Rejected(
                Reason.TOO_SMALL, f"The picture has {facts.width} x {facts.height} pixels: too few to judge."
            )
        ending = _ENDINGS.get(facts.format, facts.format.lower())
        file = f"images/{hashed.hexdigest()[:2]}/{hashed.hexdigest()}.{ending}"
        write_whole(self._run.folder / file, data)
        self._journal.keep(
            Kept(
                entry=self._source.name,
                key=record.key,
                said=said,
                file=file,
                size=len(data),
                sha256=hashed.hexdigest(),
                perceptual=perceptual_hash(picture),
                width=facts.width,
                height=facts.height,
                format=facts.format,
            )
        )
        self._quota.take(said)
        self._run.known.add((hashed.hexdigest(), said.label, self._source.split))
        self._run.means.advance(self._journal.count)

    def _expect_new(self, sha256: str, said: Said) -> None:
        """Under another label or in another split the same bytes are kept, for ``finish`` to judge."""
        if (sha256, said.label, self._source.split) in self._run.known:
            raise Rejected(Reason.DUPLICATE, "The same bytes came before, under the same label.")


def _expect_known(left_out: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(left_out) - set(known))
    if unknown:
        raise Rejected(
            Reason.DATASET_INVALID,
            f"the manifest has no source {', '.join(unknown)} to do without; "
            f"its sources are {', '.join(known)}",
        )


def _expect_all(begun: Collection[str], known: Collection[str], folder: Path) -> None:
    unknown = sorted(set(begun) - set(known))
    if unknown:
        raise Rejected(
            Reason.DATASET_INVALID,
            f"{folder} was begun with a source {', '.join(unknown)}, which the manifest does not have; "
            "restore it, or name another folder",
        )


def _short(error: ArtgateError, source: Source, told: Collection[str]) -> str:
    """What is missing; how to get it stands there once."""
    if source.obtain and source.obtain in told:
        return error.message.replace(source.obtain, "see above")
    return error.message


def _together(missing: Sequence[ArtgateError]) -> ArtgateError:
    """One error for the sources that are missing, of the kind of the first."""
    if len(missing) == 1:
        return missing[0]
    return type(missing[0])(
        missing[0].reason,
        f"{len(missing)} sources are missing, as said above; mend them and run the same command again, or do "
        "without them with --without NAME",
    )
